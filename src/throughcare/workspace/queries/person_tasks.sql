-- open tasks about one person, most urgent first
select t.key, t.person_id, t.kind, t.status, t.requested_on, t.due_on, t.due_at, t.owner, t.role, t.about,
       t.snoozed_until, t.set_by_person, t.description, false as waits
  from flat.task t
 where t.person_id = %(person)s and t.known_to is null and {allowed:t}
   and t.status in ('requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold')
 order by case when t.due_on is null then 2 when t.due_on > %(today)s then 3 when t.due_on < %(long_ago)s then 1 else 0 end,
          t.due_on, (t.due_at at time zone %(zone)s)::time = '00:00', t.due_at, t.key
 limit 50
