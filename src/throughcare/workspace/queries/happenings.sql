-- everything that happened to one person, newest first: one shape for the timeline
with happened as (
    select e.key, e.person_id, case when e.class in ('inpatient', 'observation', 'skilled_nursing') then 'stay' else 'visit' end as lane,
           e.started_at as at, e.started_on as on_day, e.ended_on as until_day, e.class as what, null::boolean as good,
           e.known_from, e.source
      from flat.encounter e
     where e.person_id = %(person)s and e.known_to is null and {allowed:e} and coalesce(e.status, '') not in ('cancelled', 'entered-in-error')
       and not exists (select from flat.stay_telling h
                        where h.person_id = e.person_id and h.known_to is null and h.told_key = e.key and {allowed:h})
    union all
    select c.key, c.person_id, 'contact', c.happened_at, c.on_date, null, c.mode, c.reached, c.known_from, c.source
      from flat.contact c
     where c.person_id = %(person)s and c.known_to is null and {allowed:c}
    union all
    select q.key, q.person_id, 'request', q.requested_at, q.requested_on, null, q.kind, null, q.known_from, q.source
      from flat.request q
     where q.person_id = %(person)s and q.known_to is null and {allowed:q}
    union all
    select s.key, s.person_id, 'result', s.reported_at, s.reported_on, null, s.category, null, s.known_from, s.source
      from flat.result s
     where s.person_id = %(person)s and s.known_to is null and {allowed:s}
    union all
    select p.key, p.person_id, 'procedure', null, p.done_on, null, p.code, null, p.known_from, p.source
      from flat.procedure p
     where p.person_id = %(person)s and p.known_to is null and {allowed:p}
    union all
    select n.key, n.person_id, 'program', null, n.started_on, n.ended_on, n.model, null, n.known_from, n.source
      from flat.enrollment n
     where n.person_id = %(person)s and n.known_to is null and {allowed:n}
)
select h.key, h.lane, h.at, h.on_day, h.until_day, h.what, h.good, h.known_from, h.source,
       coalesce(r.body::jsonb #>> '{code,text}', r.body::jsonb #>> '{code,coding,0,display}', r.body::jsonb #>> '{type,0,text}',
                r.body::jsonb #>> '{type,0,coding,0,display}', r.body::jsonb #>> '{category,0,text}') as called,
       coalesce(r.body::jsonb #>> '{serviceProvider,display}', r.body::jsonb #>> '{location,0,location,display}') as place,
       r.body::jsonb #>> '{note,0,text}' as note, r.body::jsonb #>> '{statusReason,coding,0,code}' as outcome,
       count(*) over () as total
  from happened h
  left join record.resource r on r.resource_type = split_part(h.key, '/', 1)
   and r.resource_id = split_part(split_part(h.key, '/', 2), '#', 1) and r.known_to is null and {allowed:r}
 where h.on_day is not null and h.on_day <= %(today)s and (%(lane)s = '' or h.lane = %(lane)s)
   and (%(since)s::date is null or coalesce(h.until_day, h.on_day) >= %(since)s::date)
   and (%(text)s = '' or strpos(lower(concat_ws(' ', r.body::jsonb #>> '{code,text}', r.body::jsonb #>> '{code,coding,0,display}',
        r.body::jsonb #>> '{type,0,text}', r.body::jsonb #>> '{type,0,coding,0,display}', r.body::jsonb #>> '{note,0,text}',
        r.body::jsonb #>> '{serviceProvider,display}', h.what)), lower(%(text)s)) > 0)
 order by h.on_day desc, h.at desc nulls last, h.key
 limit %(limit)s offset %(offset)s
