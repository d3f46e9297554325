-- visits as they were stored, with the prefix of their source's ids
select 'Encounter/' || r.resource_id, r.body, s.id_prefix
  from unnest(%(ids)s::text[]) as wanted (id)
  join record.resource as r on r.resource_type = 'Encounter' and r.resource_id = wanted.id and r.known_to is null and not r.deleted
  join record.source as s using (source_id)
