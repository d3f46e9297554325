-- everyone without a named worker gets one: workers in turn, those with fewest people first
with worker as (
    select f.staff_id, row_number() over (order by count(l.person_id), f.staff_id) - 1 as place, count(*) over () as workers
      from door.staff f
      join door.staff_team s on s.staff_id = f.staff_id and s.team_id = %(team)s
      left join door.panel l on l.staff_id = f.staff_id
     where f.active and exists (select 1 from door.staff_role r where r.staff_id = f.staff_id
                                  and r.role in ('care_coordinator', 'nurse', 'community_health_worker'))
     group by f.staff_id
), waiting as (
    select person_id, row_number() over (order by person_id) - 1 as place
      from door.panel where team_id = %(team)s and staff_id is null
)
update door.panel l
   set staff_id = w.staff_id
  from waiting q join worker w on w.place = mod(q.place, w.workers)
 where l.team_id = %(team)s and l.person_id = q.person_id
