-- people of each care model by the state of their enrollment
select n.model, n.state, count(distinct n.person_id) as people
  from flat.enrollment n
 where n.known_to is null and {allowed:n}
 group by n.model, n.state
