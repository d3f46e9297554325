-- when I looked at someone before this day's look
select max(a.at) as at
  from door.audit a
 where a.actor = %(actor)s and a.person_id = %(person)s and a.action = 'person page' and a.at < %(before)s and {allowed:a}
