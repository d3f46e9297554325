-- whom assignments gave to someone, case by case, and why; a worker is called as the staff or the record calls them
select a.model, a.assignment, a.role, a.case_key, a.worker, a.weight, a.used, a.because, a.since,
       coalesce(f.name, w.body::jsonb #>> '{name,0,text}',
                nullif(concat_ws(' ', w.body::jsonb #>> '{name,0,given,0}', w.body::jsonb #>> '{name,0,family}'), ''),
                w.body::jsonb ->> 'name') as name
  from think.assigned a
  left join door.staff f on f.practitioner = a.worker
  left join record.resource w on w.resource_type = split_part(a.worker, '/', 1)
        and w.resource_id = split_part(a.worker, '/', 2) and w.known_to is null
        and {nobody:w}
 where a.person_id = %(person)s and {allowed:a}
 order by a.model, a.assignment, a.case_key
