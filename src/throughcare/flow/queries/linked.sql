-- how many patients are how many people
select count(*), count(distinct person_id) from record.patient_person
