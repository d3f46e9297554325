-- what speaks for and against one member of staff seeing one person
select f.active,
       array(select r.role from door.staff_role r where r.staff_id = f.staff_id order by r.role),
       exists (select 1 from record.patient_person k where k.person_id = %(person)s),
       exists (select 1 from door.panel l where l.person_id = %(person)s and l.staff_id = f.staff_id),
       exists (select 1 from flat.care_team_member m
                where m.person_id = %(person)s and m.member_key = f.practitioner and m.known_to is null
                  and (m.from_on is null or m.from_on <= current_date) and (m.to_on is null or m.to_on >= current_date)),
       array(select t.name from door.panel l join door.team t using (team_id) join door.staff_team s using (team_id)
              where l.person_id = %(person)s and s.staff_id = f.staff_id order by t.name)
  from door.staff f
 where f.sign_in = %(sign_in)s
