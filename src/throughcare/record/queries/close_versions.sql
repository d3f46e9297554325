-- these versions are no longer current from this moment on
update record.resource as r set known_to = %(at)s
from unnest(%(types)s::text[], %(ids)s::text[], %(versions)s::integer[]) as old (resource_type, resource_id, version)
where r.resource_type = old.resource_type and r.resource_id = old.resource_id and r.version = old.version
