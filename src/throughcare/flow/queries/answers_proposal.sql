-- what stands proposed for some people's plans, as last answered
select person_id, model, kind, id, about from think.proposal where person_id = any(%(people)s::bigint[])
