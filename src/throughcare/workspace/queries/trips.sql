-- trips as planned last, stop by stop in their order, then the stops that no order reaches; of sessions, not of people
select t.model, t.routing, t.trip, v.name as vehicle, t.travel, t.finish, t.gap, t.at,
       u.stop, u.nth, u.nth > cardinality(t.stops) as left_out, t.begins[u.nth] as begins, t.shows -> u.stop as shows,
       p.name as place, s.starts_at, s.ends_at, s.state, s.booked, s.kept, s.walk_up, s.crew
  from think.trip t
  left join flat.site v on v.site_id = t.trip and v.known_to is null
 cross join lateral unnest(t.stops || t.left_out) with ordinality as u(stop, nth)
  left join flat.session s on s.session_key = u.stop and s.known_to is null
  left join flat.site p on p.site_id = s.site_id and p.known_to is null
 where {program:t}
 order by t.model, t.routing, t.trip, u.nth
