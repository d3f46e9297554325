-- open tasks of my teams that nobody owns, about people without a named worker
select t.key, t.person_id, t.kind, t.status, t.requested_on, t.due_on, t.due_at, t.owner, t.role, t.about,
       t.snoozed_until, t.set_by_person, t.description, false as waits
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
 order by case when t.due_on is null then 2 when t.due_on > %(today)s then 3 when t.due_on < %(long_ago)s then 1 else 0 end,
          t.due_on, (t.due_at at time zone %(zone)s)::time = '00:00', t.due_at, t.person_id, t.key
 limit %(limit)s
