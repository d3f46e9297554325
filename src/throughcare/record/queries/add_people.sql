-- patients first heard of: each gets a number of its own, which is also its first person
insert into record.patient_person (patient_id, patient_no, person_id, commit_no, reason)
select id, no, no, %(commit_no)s, %(reason)s
from (select id, nextval('record.person_no') as no from unnest(%(ids)s::text[]) as new (id)) as numbered
returning patient_id, person_id, patient_no
