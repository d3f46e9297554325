-- the newest version of each of these resources, one index descent each
select r.resource_type, r.resource_id, r.version, r.digest, r.deleted, r.source_id
from unnest(%(types)s::text[], %(ids)s::text[]) as asked (resource_type, resource_id)
cross join lateral (
    select * from record.resource
    where resource_type = asked.resource_type collate "C" and resource_id = asked.resource_id collate "C"
    order by version desc limit 1
) as r
