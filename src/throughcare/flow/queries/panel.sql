-- on whose panel some people are
select person_id, team_id, staff_id from door.panel where person_id = any(%(people)s::bigint[])
