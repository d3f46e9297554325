-- how many people wait for an owner in my teams, counted up to a limit
select count(distinct person_id) as people
  from (select t.person_id
          from flat.task t
         where t.owner is null and t.known_to is null and {allowed:t}
           and t.status in ('requested', 'received', 'accepted', 'ready', 'in-progress')
           and t.due_at < %(horizon)s
           and (t.snoozed_until is null or t.snoozed_until <= %(today)s)
           and not exists (select 1 from door.panel n
                            where n.person_id = t.person_id and n.staff_id is not null and {allowed:n})
         order by t.due_at
         limit %(limit)s) as found
