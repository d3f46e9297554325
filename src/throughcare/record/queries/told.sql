-- for which moment each of these resources, given as Type/id, was last told
select t.resource_type, t.resource_id, t.as_of
from unnest(%(keys)s::text[]) as asked (key)
join record.told as t
  on t.resource_type = split_part(asked.key, '/', 1) collate "C" and t.resource_id = split_part(asked.key, '/', 2) collate "C"
