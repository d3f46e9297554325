-- the stay someone is in, or the last one that ended
select e.started_on, e.ended_on
  from flat.encounter e
 where e.person_id = %(person)s and e.known_to is null and {allowed:e} and e.class in ('inpatient', 'observation')
   and coalesce(e.status, '') not in ('cancelled', 'entered-in-error', 'planned') and e.started_on <= %(today)s
   and (e.ended_on is not null or e.started_on >= %(today)s::date - 30)
   and not exists (select from flat.stay_telling h
                    where h.person_id = e.person_id and h.known_to is null and h.told_key = e.key and {allowed:h})
 order by (e.ended_on is null) desc, e.started_on desc
 limit 1
