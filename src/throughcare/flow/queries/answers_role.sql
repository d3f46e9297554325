-- who serves some people, as last answered
select person_id, model, role, member, found_in, required, is_lead from think.role where person_id = any(%(people)s::bigint[])
