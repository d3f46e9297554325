-- which of some sources know one of these people, or one of whom this member of staff is named for
select p.source
  from flat.person p
 where p.source = any(%(sources)s) and p.known_to is null and {allowed:p}
   and p.person_id = any(%(people)s::bigint[] || array(
       select mine.person_id from door.panel mine where mine.staff_id = %(staff)s::integer and {allowed:mine}))
 group by p.source
