-- medicines in use, each once, called as the record calls them
select distinct on (called) called, m.started_on
  from flat.medication m
  join record.resource r on r.resource_type = split_part(m.key, '/', 1)
   and r.resource_id = split_part(split_part(m.key, '/', 2), '#', 1) and r.known_to is null and {allowed:r}
 cross join lateral (select coalesce(r.body::jsonb #>> '{medicationCodeableConcept,text}',
                                     r.body::jsonb #>> '{medicationCodeableConcept,coding,0,display}', m.code) as called) as n
 where m.person_id = %(person)s and m.known_to is null and {allowed:m} and m.stopped_on is null and m.status = 'active'
 order by called, m.started_on desc nulls last
 limit 40
