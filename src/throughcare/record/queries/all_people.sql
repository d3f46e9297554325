-- the person of every patient
select patient_id, person_id, patient_no from record.patient_person
