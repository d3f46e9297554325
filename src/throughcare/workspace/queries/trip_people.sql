-- who is booked at these stops, as far as the viewer may see them: when, and whether they walked up
select m.session_key, m.person_id, m.happened_at, coalesce(m.walk_up, false) as walk_up
  from flat.meeting m
 where m.session_key = any(%(stops)s) and m.known_to is null and {allowed:m}
   and m.status in ('booked', 'arrived', 'checked-in', 'fulfilled', 'pending', 'proposed', 'waitlist')
 order by m.happened_at, m.person_id
