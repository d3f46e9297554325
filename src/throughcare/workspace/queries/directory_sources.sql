-- which source told of some entries of the directory
select r.resource_type || '/' || r.resource_id as key, s.name as source
  from record.resource r
  join record.source s on s.source_id = r.source_id
 where r.resource_type = any(%(types)s) and r.resource_id = any(%(ids)s) and r.known_to is null and not r.deleted
   and {nobody:r}
