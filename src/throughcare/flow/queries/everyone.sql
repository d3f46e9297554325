-- everyone, in portions
select distinct person_id from record.patient_person where person_id > %(after)s order by person_id limit %(limit)s
