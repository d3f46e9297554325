-- a living session with the rights its owner has now
select f.staff_id, f.name, f.credentials, f.sign_in, f.practitioner, f.minutes_a_day, f.must_change, f.preferences,
       array(select r.role from door.staff_role r where r.staff_id = f.staff_id order by r.role),
       array(select t.team_id from door.staff_team t where t.staff_id = f.staff_id order by t.team_id),
       s.last_seen_at, s.csrf,
       (select max(o.last_seen_at) from door.session o where o.staff_id = f.staff_id and o.token_hash <> s.token_hash)
  from door.session s
  join door.staff f using (staff_id)
 where s.token_hash = %(token)s and not s.ended and f.active
   and s.last_seen_at > %(alive)s and s.began_at > %(began)s
