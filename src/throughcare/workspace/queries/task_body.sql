-- a task as it stands in the record, with its version
select r.body, r.version, r.person_id
  from record.resource r
 where r.resource_type = 'Task' and r.resource_id = %(id)s and r.known_to is null and not r.deleted and {allowed:r}
