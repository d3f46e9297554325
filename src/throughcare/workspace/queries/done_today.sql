-- people I logged a contact with today, and the minutes it took
select count(distinct c.person_id) as people, coalesce(sum(c.minutes), 0) as minutes
  from flat.contact c
 where c.worker_id = %(me)s and c.on_date = %(today)s and c.known_to is null and {allowed:c}
