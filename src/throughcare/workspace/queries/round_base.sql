-- the place this worker starts from: of a role held now, the first whose place is on the map
select s.name, s.lat, s.lon
  from record.resource r
  join flat.site s on s.site_id = r.body::jsonb #>> '{location,0,reference}' and s.known_to is null
 where r.resource_type = 'PractitionerRole' and r.known_to is null and not r.deleted and {nobody:r}
   and r.body::jsonb #>> '{practitioner,reference}' = %(me)s and s.lat is not null and s.lon is not null
   and coalesce((r.body::jsonb ->> 'active')::boolean, true)
 order by r.resource_id
 limit 1
