-- active colleagues of my teams, to hand a task to
select distinct f.practitioner, f.name, f.credentials
  from door.staff f join door.staff_team s on s.staff_id = f.staff_id
 where f.active and f.practitioner is not null and f.staff_id <> %(staff)s and s.team_id = any(%(teams)s)
 order by f.name
