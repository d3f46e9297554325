-- organizations by name, those asked for and else the first of all
select 'Organization/' || r.resource_id as key, r.body::jsonb ->> 'name' as name
  from record.resource r
 where r.resource_type = 'Organization' and r.known_to is null and not r.deleted and {nobody:r}
   and r.body::jsonb ->> 'name' is not null
   and (%(ids)s::text[] is null and coalesce((r.body::jsonb ->> 'active')::boolean, true) or r.resource_id = any(%(ids)s::text[]))
 order by lower(r.body::jsonb ->> 'name'), r.resource_id
 limit %(limit)s
