-- the audit in order, in portions
select audit_no, at, commit_no, actor, role, action, person_id, purpose, detail, outcome, hash
from door.audit where audit_no > %(after)s order by audit_no limit %(rows)s
