-- by care model: people eligible, people in each state, how their obligations stand, measures with a number, what can be
-- claimed and what is held back, cases with a worker by assignment, and trips by routing
select model, kind, name, sum(n)::bigint from (
    select model, 'eligible' as kind, answer as name, count(*) as n
      from think.finding where rule = 'eligible' group by 1, 3
    union all
    select model, 'enrolled', state, count(distinct person_id)
      from flat.enrollment where known_to is null and person_id is not null group by 1, 3
    union all
    select model, 'owed', status, count(*) from think.obligation group by 1, 3
    union all
    select model, 'told', 'measures', count(distinct (book, measure)) from think.score where score is not null group by 1
    union all
    select model, 'told', case status when 'payable' then 'payable' else 'held' end, count(*)
      from think.line group by 1, 3
    union all
    select model, 'placed', assignment, count(*) from think.assigned where worker is not null group by 1, 3
    union all
    select model, 'trips', routing, count(*) from think.trip group by 1, 3
) as counted where model is not null group by 1, 2, 3 order by 1, 2, 3
