-- every version of these types that was readable for a while, with what its rows need
select r.body, s.name, s.id_prefix, r.known_from, r.known_to
from record.resource as r join record.source as s using (source_id)
where r.resource_type = any(%(types)s) and not r.deleted and (r.known_to is null or r.known_to > r.known_from)
