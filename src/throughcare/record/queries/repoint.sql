-- every row that came from these patients now belongs to their new person
update {table} as t set person_id = new.after
from unnest(%(numbers)s::bigint[], %(befores)s::bigint[], %(afters)s::bigint[]) as new (patient_no, before, after)
where t.person_id = new.before and t.patient_no = new.patient_no
