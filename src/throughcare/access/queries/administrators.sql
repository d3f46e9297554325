-- how many active administrators there are
select count(*) from door.staff f join door.staff_role r using (staff_id) where f.active and r.role = 'administrator'
