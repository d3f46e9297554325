-- everyone who signs in, with roles, teams and how many people they are the named worker of
select f.sign_in, f.name, f.active,
       array(select r.role from door.staff_role r where r.staff_id = f.staff_id order by r.role) as roles,
       array(select t.name from door.staff_team s join door.team t using (team_id)
              where s.staff_id = f.staff_id order by t.name) as teams,
       (select count(*) from door.panel p where p.staff_id = f.staff_id) as people
  from door.staff f
 order by f.sign_in
