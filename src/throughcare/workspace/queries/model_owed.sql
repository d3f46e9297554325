-- people of one care model by what they are owed, step by step
select o.step,
       count(distinct o.person_id) filter (where o.status = 'open') as open,
       count(distinct o.person_id) filter (where o.status = 'breached' or (o.status = 'open' and o.due_at < %(now)s)) as overdue,
       count(distinct o.person_id) filter (where o.status = 'met') as met,
       count(distinct o.person_id) filter (where o.status = 'late') as late
  from think.obligation o
 where o.model = %(model)s and {allowed:o}
 group by o.step
