-- people by a care model's answer, by their state in it, or by what they are owed in it
with chosen as (
    select f.person_id
      from think.finding f
     where %(answer)s <> '' and f.model = %(model)s and f.rule = 'eligible' and f.answer = %(answer)s and {allowed:f}
    union
    select n.person_id
      from flat.enrollment n
     where %(state)s <> '' and n.model = %(model)s and n.state = %(state)s and n.known_to is null and {allowed:n}
    union
    select o.person_id
      from think.obligation o
     where %(owed)s <> '' and o.model = %(model)s and (%(step)s = '' or o.step = %(step)s) and {allowed:o}
       and (o.status = %(owed)s or (%(owed)s = 'overdue' and (o.status = 'breached' or (o.status = 'open' and o.due_at < %(now)s))))
    union
    select p.person_id
      from flat.person p
     where %(answer)s || %(state)s || %(owed)s = '' and p.known_to is null and p.person_id is not null and {allowed:p}
)
select c.person_id, p.family, p.given, count(*) over () as total
  from chosen c
  join lateral (select x.family, x.given from flat.person x
                 where x.person_id = c.person_id and x.known_to is null and {allowed:x}
                 order by x.active desc nulls last, x.known_from desc, x.key limit 1) as p on true
 order by p.family nulls last, p.given nulls last, c.person_id
 limit %(limit)s offset %(offset)s
