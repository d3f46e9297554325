-- the newest readings of each kind that has several numbers, oldest first within a kind
with numbered as (
    select o.code, o.value, o.unit, o.effective_on, o.effective_at, o.key,
           row_number() over (partition by o.code order by o.effective_at desc nulls last, o.key) as place,
           count(*) over (partition by o.code) as times
      from flat.observation o
     where o.person_id = %(person)s and o.known_to is null and o.value is not null and {allowed:o}
)
select n.code, n.value, n.unit, n.effective_on, n.place, n.times,
       case when n.place = 1 then coalesce(r.body::jsonb #>> '{code,text}', r.body::jsonb #>> '{code,coding,0,display}', n.code) end as called
  from numbered n
  left join record.resource r on n.place = 1 and r.resource_type = split_part(n.key, '/', 1)
   and r.resource_id = split_part(split_part(n.key, '/', 2), '#', 1) and r.known_to is null and {allowed:r}
 where n.place <= 12 and n.code = any(%(codes)s)
 order by n.code, n.place desc
