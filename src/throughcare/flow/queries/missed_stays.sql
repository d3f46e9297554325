-- stays in hospital that a paid claim tells of and no visit does: nobody said on any of its days, or the day beside them, that the person was there;
-- several bills of one stay share its first day, and the last of them tells how it ended
with paid as (
    select distinct on (c.person_id, coalesce(c.admitted_on, c.from_on))
        c.person_id, 'Patient/' || w.patient_id as patient, c.claim_key, coalesce(c.admitted_on, c.from_on) as started_on,
        coalesce(c.discharged_on, c.to_on) as ended_on, c.facility_id, c.disposition, c.drg, c.diagnosis
      from flat.claim as c join record.patient_person as w on w.patient_no = c.patient_no
     where c.person_id = any(%(people)s::bigint[]) and c.known_to is null and c.net_of_cancels
       and c.claim_type = 'institutional' and (c.bill_type like '11%%' or (c.bill_type is null and c.setting = 'inpatient'))
     order by c.person_id, coalesce(c.admitted_on, c.from_on), coalesce(c.discharged_on, c.to_on) desc, c.claim_key
)
select p.*
  from paid as p
 where p.started_on <= p.ended_on and p.ended_on <= %(today)s and p.disposition is distinct from '30'
   and not exists (
        select from flat.encounter as e
         where e.person_id = p.person_id and e.known_to is null and e.source <> 'throughcare'
           and e.class in ('inpatient', 'observation') and coalesce(e.status, '') not in ('cancelled', 'planned', 'entered-in-error')
           and e.started_on <= p.ended_on + 1 and (e.ended_on is null or e.ended_on >= p.started_on - 1))
 order by p.person_id, p.started_on
