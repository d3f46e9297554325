-- how someone may be reached
select c.channel, c.value, c.use, c.voicemail_ok, c.text_ok
  from flat.reachable c
 where c.person_id = %(person)s and c.known_to is null and {allowed:c} and c.value is not null
 order by (c.channel = 'phone') desc, (c.use = 'mobile') desc nulls last, c.key
 limit 6
