-- what happened: the events that some tasks are about, in one shape
select e.key, e.person_id, 'encounter' as kind, coalesce(u.ended_at, u.started_at, e.ended_at, e.started_at) as at,
       coalesce(u.ended_on, u.started_on, e.ended_on, e.started_on) as day, coalesce(u.class, e.class) as what,
       coalesce(u.ended_on, e.ended_on) is not null as ended, null::numeric as value, null::text as unit,
       coalesce(s.learnt_as, e.told_by) as learnt_as,
       coalesce(s.learnt_at, (select min(h.known_from) from flat.encounter h where h.key = e.key and {allowed:h})) as learnt_at, s.tellers
  from flat.encounter e
  left join lateral (
        -- the stay that several told of, when this is one of their tellings, or the visit that stands for them
        select t.row_key, min(t.learnt_as) as learnt_as, min(t.learnt_at) as learnt_at, array_agg(distinct t.told_by order by t.told_by) as tellers
          from flat.stay_telling t
         where t.person_id = e.person_id and t.known_to is null and {allowed:t}
         group by t.row_key
        having bool_or(t.told_key = e.key or t.row_key = e.key)
         limit 1) as s on true
  left join flat.encounter u on u.key = s.row_key and u.known_to is null and {allowed:u}
 where e.key = any(%(keys)s) and e.known_to is null and {allowed:e}
union all
select o.key, o.person_id, 'observation', o.effective_at, o.effective_on, o.code, true, o.value, o.unit, null, null::timestamptz, null
  from flat.observation o
 where o.key = any(%(keys)s) and o.known_to is null and {allowed:o}
union all
select d.key, d.person_id, 'diagnosis', null, coalesce(d.onset_on, d.recorded_on), d.code, d.ended_on is not null, null, null, null, null::timestamptz, null
  from flat.diagnosis d
 where d.key = any(%(keys)s) and d.known_to is null and {allowed:d}
union all
select n.key, n.person_id, 'enrollment', null, n.started_on, n.model, n.ended_on is not null, null, null, null, null::timestamptz, null
  from flat.enrollment n
 where n.key = any(%(keys)s) and n.known_to is null and {allowed:n}
union all
select c.key, c.person_id, 'contact', c.happened_at, c.on_date, c.activity, c.reached, null, null, null, null::timestamptz, null
  from flat.contact c
 where c.key = any(%(keys)s) and c.known_to is null and {allowed:c}
union all
select q.key, q.person_id, 'request', q.requested_at, q.requested_on, q.kind, q.status = 'completed', null, null, null, null::timestamptz, null
  from flat.request q
 where q.key = any(%(keys)s) and q.known_to is null and {allowed:q}
union all
select m.key, m.person_id, 'medication', null, m.started_on, m.code, m.stopped_on is not null, null, null, null, null::timestamptz, null
  from flat.medication m
 where m.key = any(%(keys)s) and m.known_to is null and {allowed:m}
