-- resources of a type that carry any of these search terms: one descent of the terms' index for each, whatever the planner
-- believes of the table's size (offset 0 keeps the descent inside)
select r.resource_id, found.person_id, r.body
  from (select distinct s.resource_type, s.resource_id, s.person_id
          from unnest(%(terms)s::bigint[]) as asked (term)
         cross join lateral (
            select resource_type, resource_id, person_id from record.search where terms @> array[asked.term] offset 0) as s
         where s.resource_type = %(type)s and s.person_id is not null) as found
  join record.resource as r using (resource_type, resource_id)
 where r.known_to is null and not r.deleted
 order by r.resource_id
