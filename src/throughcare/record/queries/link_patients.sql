-- these patients are these people from now on
update record.patient_person as p set person_id = new.person_id, commit_no = %(commit_no)s, reason = new.reason
from unnest(%(ids)s::text[], %(people)s::bigint[], %(reasons)s::text[]) as new (patient_id, person_id, reason)
where p.patient_id = new.patient_id
