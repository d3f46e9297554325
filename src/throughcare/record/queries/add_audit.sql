-- lines at the end of the audit chain
insert into door.audit (audit_no, at, commit_no, actor, role, action, person_id, purpose, detail, outcome, hash)
select audit_no, %(at)s, %(commit_no)s, %(actor)s, %(role)s, action, person_id, purpose, detail, outcome, hash
from unnest(%(numbers)s::bigint[], %(actions)s::text[], %(people)s::bigint[], %(purposes)s::text[], %(details)s::text[],
    %(outcomes)s::text[], %(hashes)s::bytea[]) as new (audit_no, action, person_id, purpose, detail, outcome, hash)
