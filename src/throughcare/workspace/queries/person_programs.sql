-- programs someone is or was in
select n.key, n.model, n.state, n.started_on, n.ended_on, n.reason
  from flat.enrollment n
 where n.person_id = %(person)s and n.known_to is null and {allowed:n}
 order by (n.state = 'active') desc, n.started_on desc nulls last
 limit 40
