-- the resources of some types that stand now for some people: our own, or of any source
select r.person_id, r.resource_type, r.resource_id, r.version, r.body
  from record.resource as r join record.source as s using (source_id)
 where r.person_id = any(%(people)s::bigint[]) and r.resource_type = any(%(types)s::text[])
   and r.known_to is null and not r.deleted and (not %(ours)s or s.name = 'throughcare')
 order by r.person_id, r.resource_type, r.resource_id
