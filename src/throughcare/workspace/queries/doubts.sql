-- pairs of people who may be one, both of whom the viewer may see; the likest first
select d.person_id, d.other_person, d.patient_id, d.other_patient, d.bits, d.levels, d.rule, count(*) over () as total
  from think.doubt d
  join think.doubt o on o.person_id = d.other_person and o.other_person = d.person_id and {allowed:o}
 where d.person_id < d.other_person and {allowed:d}
 order by d.bits desc, d.person_id, d.other_person
 limit %(limit)s
