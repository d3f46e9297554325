-- visits at home that are booked with this worker, the soonest first
select m.person_id, m.happened_at, m.minutes
  from flat.meeting m
  join flat.attendance a on a.meeting_key = m.meeting_key and a.person_id = m.person_id and a.known_to is null and {allowed:a}
 where a.member_key = %(me)s and m.known_to is null and {allowed:m} and m.kind = any(%(at_home)s)
   and m.status in ('booked', 'arrived', 'checked-in', 'pending', 'proposed')
   and m.happened_at >= %(midnight)s and m.happened_at < %(horizon)s
 order by m.happened_at, m.person_id
