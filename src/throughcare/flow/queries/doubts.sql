-- pairs left to a person, as identity last saw them, from the side of each of some people
select person_id, other_person, patient_id, other_patient, bits, levels, rule from think.doubt
 where person_id = any(%(people)s::bigint[]) order by 1, 2
