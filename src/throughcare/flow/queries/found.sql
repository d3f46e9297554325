-- resources of a type that carry any of these search terms
select s.resource_id, s.person_id, r.body
  from record.search as s
  join record.resource as r on r.resource_type = s.resource_type and r.resource_id = s.resource_id and r.known_to is null
 where s.resource_type = %(type)s and s.terms && %(terms)s::bigint[] and s.person_id is not null and not r.deleted
 order by s.resource_id
