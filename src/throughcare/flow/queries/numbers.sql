-- the patients behind some people, and the number each had at first
select patient_id, person_id, patient_no from record.patient_person
 where person_id = any(%(people)s::bigint[]) order by patient_no
