-- patients that carry any of these search terms, one descent of the terms' index for each; a term that more than `most` carry
-- names nobody, so it costs no more than that many rows
select distinct on (r.resource_id) r.resource_id, few.person_id, r.body
  from unnest(%(terms)s::bigint[]) as asked (term)
 cross join lateral (
    select s.*, count(*) over () as holders
      from (select resource_type, resource_id, person_id from record.search
             where terms @> array[asked.term] limit %(most)s + 1) as s) as few
  join record.resource as r using (resource_type, resource_id)
 where few.holders <= %(most)s and few.resource_type = 'Patient' and few.person_id is not null
   and r.known_to is null and not r.deleted
 order by r.resource_id
