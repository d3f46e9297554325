-- how someone may be reached, each number once
select c.channel, c.value, min(c.use) as use, bool_and(c.voicemail_ok) as voicemail_ok, bool_and(c.text_ok) as text_ok
  from flat.reachable c
 where c.person_id = %(person)s and c.known_to is null and {allowed:c} and c.value is not null
 group by c.channel, c.value
 order by (c.channel = 'phone') desc, bool_or(c.use = 'mobile') desc nulls last, c.value
 limit 6
