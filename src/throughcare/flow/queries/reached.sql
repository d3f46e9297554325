-- other people on whose rows the answers of some people may rest: a mother and her child, everyone of a household
with homes as (
    select household_id, person_id from flat.stay where known_to is null and household_id is not null
    union
    select household_id, person_id from flat.household_member where known_to is null and household_id is not null
)
select o.person_id
  from flat.related as r join record.patient_person as o on 'Patient/' || o.patient_id = r.other_patient
 where r.person_id = any(%(people)s::bigint[]) and r.known_to is null
union
select r.person_id
  from record.patient_person as o join flat.related as r on r.other_patient = 'Patient/' || o.patient_id
 where o.person_id = any(%(people)s::bigint[]) and r.known_to is null and r.person_id is not null
union
select theirs.person_id
  from homes as mine join homes as theirs using (household_id)
 where mine.person_id = any(%(people)s::bigint[]) and theirs.person_id is not null
