-- the texts of several resources as they stood at a moment
select r.resource_type, r.resource_id, r.version, r.body
from unnest(%(types)s::text[], %(ids)s::text[]) as asked (resource_type, resource_id)
cross join lateral (
    select * from record.resource
    where resource_type = asked.resource_type collate "C" and resource_id = asked.resource_id collate "C"
      and known_from <= %(at)s and (known_to is null or known_to > %(at)s)
) as r
where not r.deleted
