-- contacts tried lately with some people, the newest first
select c.person_id, c.activity, c.on_date, c.happened_at, c.mode, c.reached
  from flat.contact c
 where c.person_id = any(%(people)s) and c.known_to is null and {allowed:c}
   and c.attempted and c.activity is not null and c.on_date >= %(since)s
 order by c.happened_at desc nulls last
 limit 2000
