-- the patients behind some people
select person_id, patient_id from record.patient_person where person_id = any(%(people)s) order by patient_id
