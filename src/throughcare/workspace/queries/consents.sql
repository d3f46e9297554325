-- what someone allowed or refused, as recorded, the newest first
select r.resource_id, r.version, r.person_id, r.body, s.name as source, r.known_from
  from record.resource r
  join record.source s on s.source_id = r.source_id
 where r.resource_type = 'Consent' and r.person_id = %(person)s and r.known_to is null and not r.deleted and {allowed:r}
   and r.body::jsonb ->> 'status' <> 'entered-in-error'
 order by coalesce(r.body::jsonb #>> '{provision,period,start}', r.body::jsonb ->> 'dateTime') desc nulls last, r.resource_id
 limit 100
