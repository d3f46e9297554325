-- problems on file, each once, called as the record calls them
select distinct on (coalesce(r.body::jsonb #>> '{code,text}', r.body::jsonb #>> '{code,coding,0,display}', d.code))
       coalesce(r.body::jsonb #>> '{code,text}', r.body::jsonb #>> '{code,coding,0,display}', d.code) as called,
       coalesce(d.onset_on, d.recorded_on) as since
  from flat.diagnosis d
  join record.resource r on r.resource_type = split_part(d.key, '/', 1)
   and r.resource_id = split_part(split_part(d.key, '/', 2), '#', 1) and r.known_to is null and {allowed:r}
 where d.person_id = %(person)s and d.known_to is null and d.ended_on is null and {allowed:d}
   and coalesce(d.clinical_status, 'active') in ('active', 'recurrence', 'relapse') and r.resource_type = 'Condition'
 order by 1, d.recorded_on desc nulls last
 limit 40
