-- what happened: the events that some tasks are about, in one shape
select e.key, e.person_id, 'encounter' as kind, coalesce(e.ended_at, e.started_at) as at, coalesce(e.ended_on, e.started_on) as day,
       e.class as what, e.ended_on is not null as ended, null::numeric as value, null::text as unit
  from flat.encounter e
 where e.key = any(%(keys)s) and e.known_to is null and {allowed:e}
union all
select o.key, o.person_id, 'observation', o.effective_at, o.effective_on, o.code, true, o.value, o.unit
  from flat.observation o
 where o.key = any(%(keys)s) and o.known_to is null and {allowed:o}
union all
select d.key, d.person_id, 'diagnosis', null, coalesce(d.onset_on, d.recorded_on), d.code, d.ended_on is not null, null, null
  from flat.diagnosis d
 where d.key = any(%(keys)s) and d.known_to is null and {allowed:d}
union all
select n.key, n.person_id, 'enrollment', null, n.started_on, n.model, n.ended_on is not null, null, null
  from flat.enrollment n
 where n.key = any(%(keys)s) and n.known_to is null and {allowed:n}
union all
select c.key, c.person_id, 'contact', c.happened_at, c.on_date, c.activity, c.reached, null, null
  from flat.contact c
 where c.key = any(%(keys)s) and c.known_to is null and {allowed:c}
union all
select q.key, q.person_id, 'request', q.requested_at, q.requested_on, q.kind, q.status = 'completed', null, null
  from flat.request q
 where q.key = any(%(keys)s) and q.known_to is null and {allowed:q}
union all
select m.key, m.person_id, 'medication', null, m.started_on, m.code, m.stopped_on is not null, null, null
  from flat.medication m
 where m.key = any(%(keys)s) and m.known_to is null and {allowed:m}
