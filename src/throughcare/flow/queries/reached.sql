-- other people whom the record of some people names, or whose record names them: a mother and her child
select distinct o.person_id
  from flat.related as r join record.patient_person as o on 'Patient/' || o.patient_id = r.other_patient
 where r.person_id = any(%(people)s::bigint[]) and r.known_to is null
union
select distinct r.person_id
  from record.patient_person as o join flat.related as r on r.other_patient = 'Patient/' || o.patient_id
 where o.person_id = any(%(people)s::bigint[]) and r.known_to is null and r.person_id is not null
