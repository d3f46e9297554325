-- who was given to some people by an assignment, as last chosen
select person_id, model, role, worker, because, since from think.assigned
 where person_id = any(%(people)s::bigint[]) order by person_id, model, role, worker nulls last, since, case_key
