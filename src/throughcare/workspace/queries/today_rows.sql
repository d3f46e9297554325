-- open tasks of one view of someone's Today, most urgent first; `waits` when somebody or something else is next
with mine as (
    select t.key, t.person_id, t.kind, t.status, t.requested_on, t.requested_at, t.due_on, t.due_at, t.owner, t.role, t.about,
           t.snoozed_until, t.set_by_person, t.description
      from flat.task t
     where t.owner = %(me)s and t.known_to is null and {allowed:t}
       and t.status in ('requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold')
       and (t.due_at < %(horizon)s or t.due_at is null)
    union all
    select t.key, t.person_id, t.kind, t.status, t.requested_on, t.requested_at, t.due_on, t.due_at, t.owner, t.role, t.about,
           t.snoozed_until, t.set_by_person, t.description
      from door.panel p
      join flat.task t on t.person_id = p.person_id
     where p.staff_id = %(staff)s and {allowed:p} and t.known_to is null and {allowed:t}
       and t.status in ('requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold')
       and (t.due_at < %(horizon)s or t.due_at is null)
       and t.owner is distinct from %(me)s
), told as (
    select m.*,
           (m.status = 'on-hold' or m.snoozed_until > %(today)s or (m.owner is not null and m.owner <> %(me)s)) is true as waits
      from mine m
)
select * from told
 where case %(view)s
       when 'my_day' then not waits and (due_on <= %(today)s or due_on is null)
       when 'new' then not waits and requested_at >= %(since)s
       when 'waiting' then waits
       else not waits and due_on > %(today)s end
 order by due_on nulls last, (due_at at time zone %(zone)s)::time = '00:00', due_at, person_id, key
 limit %(limit)s
