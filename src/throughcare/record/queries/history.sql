-- the versions of one resource up to a moment, newest first
select r.version, r.commit_no, r.known_from, r.known_to, s.name, r.deleted
from record.resource as r join record.source as s using (source_id)
where r.resource_type = %(type)s and r.resource_id = %(id)s and r.known_from <= %(at)s
order by r.version desc
