-- remember for which moment each resource was last told; it only moves on
insert into record.told as t (resource_type, resource_id, as_of)
select * from unnest(%(types)s::text[], %(ids)s::text[], %(moments)s::timestamp[])
on conflict (resource_type, resource_id) do update set as_of = excluded.as_of where t.as_of < excluded.as_of
