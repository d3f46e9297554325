-- active staff, how the record knows them, and their teams
select s.staff_id, s.practitioner, coalesce(array_agg(t.team_id) filter (where t.team_id is not null), '{}')
  from door.staff as s left join door.staff_team as t using (staff_id)
 where s.active group by s.staff_id order by s.staff_id
