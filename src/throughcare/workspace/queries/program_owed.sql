-- work that is about no person: what is open of sessions, sites and organizations' reports, soonest first
select o.model, o.step, o.roles, o.due_at, o.due_precision, s.starts_at, coalesce(p.name, w.body::jsonb ->> 'name') as name
  from think.obligation o
  left join flat.session s on s.session_key = o.about and s.known_to is null
  left join flat.site p on p.site_id = s.site_id and p.known_to is null
  left join record.resource w on w.resource_type = split_part(o.about, '/', 1)
        and w.resource_id = split_part(o.about, '/', 2) and w.known_to is null and {nobody:w}
 where {program:o}
   and (o.status in ('open', 'breached') or (o.status = 'unknown' and o.opens_at <= %(now)s))
   and (%(model)s::text is null or o.model = %(model)s)
 order by o.due_at nulls last, o.obligation_key
 limit %(limit)s
