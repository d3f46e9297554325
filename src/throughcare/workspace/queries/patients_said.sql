-- what sources say of some patients, and whose they are
select r.resource_id, r.person_id, r.body, s.name as source, r.known_from
  from record.resource r join record.source s on s.source_id = r.source_id
 where r.resource_type = 'Patient' and r.resource_id = any(%(patients)s) and r.known_to is null and not r.deleted
   and {allowed:r}
