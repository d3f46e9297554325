-- how many people wait for an owner in my teams, counted up to a limit
select count(distinct person_id) as people
  from (select t.person_id
          from door.panel p
          join flat.task t on t.person_id = p.person_id
         where p.staff_id is null and p.team_id = any(%(viewer_teams)s) and {allowed:p}
           and t.owner is null and t.known_to is null and {allowed:t}
           and t.status in ('requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold')
           and t.status <> 'on-hold'
           and coalesce(t.due_at, '-infinity'::timestamptz) < %(horizon)s
           and (t.snoozed_until is null or t.snoozed_until <= %(today)s)
           and not exists (select 1 from door.panel n
                            where n.person_id = t.person_id and n.staff_id is not null and {allowed:n})
         limit %(limit)s) as found
