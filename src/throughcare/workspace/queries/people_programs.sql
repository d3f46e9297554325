-- the programs some people are in now
select n.person_id, n.model, n.state
  from flat.enrollment n
 where n.person_id = any(%(people)s) and n.known_to is null and n.state in ('active', 'planned', 'onhold') and {allowed:n}
 order by n.person_id, n.started_on, n.model
