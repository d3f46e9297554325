-- one's own open work of the coming days for people who are to be seen at home, the most urgent first
with mine as (
    select t.key, t.person_id, t.kind, t.status, t.requested_on, t.requested_at, t.due_on, t.due_at, t.owner, t.role, t.about,
           t.snoozed_until, t.set_by_person, t.description
      from flat.task t
     where t.owner = %(me)s and t.known_to is null and {allowed:t}
       and t.status in ('requested', 'received', 'accepted', 'ready', 'in-progress')
       and coalesce(t.due_at, '-infinity'::timestamptz) < %(horizon)s
    union all
    select t.key, t.person_id, t.kind, t.status, t.requested_on, t.requested_at, t.due_on, t.due_at, t.owner, t.role, t.about,
           t.snoozed_until, t.set_by_person, t.description
      from door.panel p
      join flat.task t on t.person_id = p.person_id
     where p.staff_id = %(staff)s and {allowed:p} and t.known_to is null and {allowed:t}
       and t.status in ('requested', 'received', 'accepted', 'ready', 'in-progress')
       and coalesce(t.due_at, '-infinity'::timestamptz) < %(horizon)s
       and t.owner is null
)
select m.*
  from mine m
 where m.person_id in (select x.person_id from mine x where x.kind = any(%(at_home)s))
    or m.person_id = any(%(booked)s)
 order by case when m.due_on is null then 2 when m.due_on > %(today)s then 3 when m.due_on < %(long_ago)s then 1 else 0 end,
          m.due_on, (m.due_at at time zone %(zone)s)::time = '00:00', m.due_at, m.person_id, m.key
 limit 400
