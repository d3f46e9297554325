-- by care model: people eligible, people in each state, and how their obligations stand
select model, kind, name, sum(n)::bigint from (
    select model, 'eligible' as kind, answer as name, count(*) as n
      from think.finding where rule = 'eligible' group by 1, 3
    union all
    select model, 'enrolled', state, count(distinct person_id)
      from flat.enrollment where known_to is null and person_id is not null group by 1, 3
    union all
    select model, 'owed', status, count(*) from think.obligation group by 1, 3
) as counted where model is not null group by 1, 2, 3 order by 1, 2, 3
