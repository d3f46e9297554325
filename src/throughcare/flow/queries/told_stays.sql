-- stays in hospital or nursing care, and visits to an emergency room, as each source tells of them: its visits, its documents, its paid
-- claims, the person; beside each, what tells of the same stay, and for a claim and the person's word the visits that share its days. A visit
-- that nothing else tells of is left out, unless one of ours already stands for it
with visit as (
    select e.person_id, e.key, e.source, coalesce(e.told_by, 'visit') as kind,
           case e.class when 'skilled_nursing' then 'nursing' when 'emergency' then 'emergency' else 'hospital' end as care,
           e.started_on, e.ended_on, e.started_at, e.ended_at,
           (e.started_at at time zone %(zone)s)::time <> '00:00' and coalesce((e.ended_at at time zone %(zone)s)::time <> '00:00', true) as clocked,
           e.facility_id, o.npi, o.ccn, null as disposition, null as drg, null as diagnosis, e.patient_no
      from flat.encounter as e
      left join flat.organization as o on o.key = e.facility_id and o.known_to is null
     where e.person_id = any(%(people)s::bigint[]) and e.known_to is null and e.source <> 'throughcare' and e.started_on is not null
       and e.class in ('inpatient', 'observation', 'skilled_nursing', 'emergency')
       and coalesce(e.status, '') not in ('cancelled', 'planned', 'entered-in-error')
), claim as (
    -- several bills of one stay share its first day, and the last of them tells how it ended
    select distinct on (c.person_id, c.source, coalesce(c.admitted_on, c.from_on))
           c.person_id, c.key, c.source, 'claim' as kind, 'hospital' as care, coalesce(c.admitted_on, c.from_on) as started_on,
           coalesce(c.discharged_on, c.to_on) as ended_on, coalesce(c.admitted_at, c.from_at) as started_at,
           coalesce(c.discharged_at, c.to_at) as ended_at, false as clocked, c.facility_id, coalesce(c.npi, o.npi) as npi,
           coalesce(c.ccn, o.ccn) as ccn, c.disposition, c.drg, c.diagnosis, c.patient_no
      from flat.claim as c
      left join flat.organization as o on o.key = c.facility_id and o.known_to is null
     where c.person_id = any(%(people)s::bigint[]) and c.known_to is null and c.net_of_cancels
       and c.claim_type = 'institutional' and (c.bill_type like '11%%' or (c.bill_type is null and c.setting = 'inpatient'))
     order by c.person_id, c.source, coalesce(c.admitted_on, c.from_on), coalesce(c.discharged_on, c.to_on) desc, c.claim_key
), said as (
    -- who said it last of a stay that began that day
    select distinct on (s.person_id, s.source, s.started_on)
           s.person_id, s.key, s.source, 'person' as kind, 'hospital' as care, s.started_on, s.ended_on, null::timestamptz as started_at,
           null::timestamptz as ended_at, false as clocked, s.place as facility_id, null as npi, null as ccn,
           s.left_to as disposition, null as drg,
           null as diagnosis, s.patient_no
      from flat.stay_said as s
     where s.person_id = any(%(people)s::bigint[]) and s.known_to is null and s.in_hospital = 'yes'
     order by s.person_id, s.source, s.started_on, s.said_at desc nulls last, s.key
), told as (
    select * from visit
    union all
    select * from claim where started_on <= ended_on and ended_on <= %(today)s and disposition is distinct from '30'
    union all
    select * from said where started_on <= coalesce(ended_on, %(today)s) and coalesce(ended_on, started_on) <= %(today)s
), near as (
    -- other sources, places not known to be others, days not apart; begun within a day, or at least a whole day in common;
    -- people come back to an emergency room, or are taken to another: those visits begin within two hours, without a clock on the same day
    select a.key, b.key as other
      from told as a join told as b using (person_id, care)
     where a.key <> b.key and (a.source <> b.source or a.kind <> b.kind)
       and (a.npi = b.npi) is not false and (a.ccn = b.ccn) is not false
       and case when a.clocked and b.clocked then (a.ended_at <= b.started_at or b.ended_at <= a.started_at) is not true
                else (a.ended_on < b.started_on or b.ended_on < a.started_on) is not true
                 and (a.started_on = b.started_on or (a.ended_on <= b.started_on or b.ended_on <= a.started_on) is not true) end
       and (abs(a.started_on - b.started_on) <= 1
            or (a.ended_on is not null or a.started_on > b.started_on) and (b.ended_on is not null or b.started_on > a.started_on)
               and least(a.ended_on, b.ended_on) - greatest(a.started_on, b.started_on) >= 1)
       and case when a.care <> 'emergency' then true
                when a.clocked and b.clocked then a.started_at between b.started_at - interval '2 hours' and b.started_at + interval '2 hours'
                else a.started_on = b.started_on end
), same as (
    select key, array_agg(other order by other) as others from near group by 1
), beside as (
    select c.key, array_agg(v.key order by v.key) as visits
      from told as c join told as v using (person_id, care)
     where c.kind in ('claim', 'person') and v.kind in ('visit', 'document')
       and (abs(v.started_on - c.started_on) <= 1
            or (v.started_on <= coalesce(c.ended_on, %(today)s) and (v.ended_on is null or v.ended_on >= c.started_on)))
     group by 1
)
select t.key, t.source, t.kind, t.started_on, t.ended_on, t.clocked,
       case t.kind
            when 'claim' then (select min(h.known_from) from flat.claim as h where h.key = t.key)
            when 'person' then (select min(h.known_from) from flat.stay_said as h where h.key = t.key and h.ended_on is not distinct from t.ended_on)
            else (select min(h.known_from) from flat.encounter as h where h.key = t.key and (t.ended_on is null or h.ended_on is not null))
       end as told_at,
       'Patient/' || w.patient_id as patient, t.facility_id, t.disposition, t.drg, t.diagnosis, coalesce(s.others, '{}'), coalesce(b.visits, '{}')
  from told as t
  join record.patient_person as w using (patient_no)
  left join same as s using (key)
  left join beside as b using (key)
 where t.kind in ('claim', 'person') or s.key is not null
    or exists (select from flat.stay_telling as x where x.person_id = t.person_id and x.known_to is null and x.told_key = t.key)
 order by t.started_on, t.key
