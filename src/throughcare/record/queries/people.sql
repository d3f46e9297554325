-- the person of each of these patients
select patient_id, person_id, patient_no from record.patient_person where patient_id = any(%(ids)s)
