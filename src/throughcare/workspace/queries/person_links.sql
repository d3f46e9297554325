-- the records that are one person, and why each was linked
select k.patient_id, k.patient_no, k.person_id, k.reason
  from record.patient_person k
 where k.person_id = %(person)s and {allowed:k}
 order by k.patient_no
