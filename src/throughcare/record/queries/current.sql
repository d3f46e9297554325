-- the newest version of each of these resources, one index descent each;
-- asked for as lines of "Type/id", which are sent quicker than an array
select r.resource_type, r.resource_id, r.version, r.digest, r.source_id
from (select split_part(line, '/', 1) as resource_type, split_part(line, '/', 2) as resource_id
      from string_to_table(%(keys)s::text, E'\n') as line) as asked
cross join lateral (
    select * from record.resource
    where resource_type = asked.resource_type collate "C" and resource_id = asked.resource_id collate "C"
    order by version desc limit 1
) as r
