-- resources of a type that carry any of these search terms; one index descent for each term
select r.resource_id, found.person_id, r.body
  from (select distinct s.resource_type, s.resource_id, s.person_id
          from unnest(%(terms)s::bigint[]) as asked (term)
          join record.search as s on s.terms @> array[asked.term] and s.resource_type = %(type)s
         where s.person_id is not null) as found
  join record.resource as r using (resource_type, resource_id)
 where r.known_to is null and not r.deleted
 order by r.resource_id
