-- how evenly each assignment of a care model shares its work, worker by worker, the fullest first
select s.assignment, s.cases, s.placed, s.fairness, u.key as worker, u.value::numeric as used,
       coalesce(f.name, w.body::jsonb #>> '{name,0,text}',
                nullif(concat_ws(' ', w.body::jsonb #>> '{name,0,given,0}', w.body::jsonb #>> '{name,0,family}'), ''),
                w.body::jsonb ->> 'name', u.key) as name
  from think.sharing s
  left join lateral jsonb_each_text(s.used) as u on true
  left join door.staff f on f.practitioner = u.key
  left join record.resource w on w.resource_type = split_part(u.key, '/', 1)
        and w.resource_id = split_part(u.key, '/', 2) and w.known_to is null
        and {nobody:w}
 where s.model = %(model)s
 order by s.assignment, u.value::numeric desc nulls last, u.key
