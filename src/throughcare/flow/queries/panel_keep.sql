-- the panels of some people become exactly these rows
with gone as (
    delete from door.panel as p where p.person_id = any(%(people)s::bigint[]) and not exists (
        select 1 from unnest(%(persons)s::bigint[], %(teams)s::integer[]) as n (person_id, team_id)
         where n.person_id = p.person_id and n.team_id = p.team_id)
)
insert into door.panel (person_id, team_id, staff_id)
select * from unnest(%(persons)s::bigint[], %(teams)s::integer[], %(workers)s::integer[])
on conflict (person_id, team_id) do update set staff_id = coalesce(door.panel.staff_id, excluded.staff_id)
