-- where some people live now: one address each, the one at home before any other
select distinct on (a.person_id) a.person_id, a.line, a.city, a.zip, a.lat, a.lon
  from flat.address a
 where a.person_id = any(%(people)s) and a.known_to is null and {allowed:a}
   and coalesce(a.use, '') not in ('old', 'billing')
   and (a.from_at is null or a.from_at <= %(at)s) and (a.to_at is null or a.to_at > %(at)s)
 order by a.person_id, (a.use = 'home') desc nulls last, (a.lat is not null) desc, a.known_from desc, a.key, a.line
