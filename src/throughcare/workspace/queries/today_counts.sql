-- how many people each view of someone's Today holds
with mine as (
    select t.person_id, t.status, t.requested_on, t.requested_at, t.due_on, t.owner, t.snoozed_until
      from flat.task t
     where t.owner = %(me)s and t.known_to is null and {allowed:t}
       and t.status in ('requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold')
       and (t.due_at < %(horizon)s or t.due_at is null)
    union all
    select t.person_id, t.status, t.requested_on, t.requested_at, t.due_on, t.owner, t.snoozed_until
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
select count(distinct person_id) filter (where not waits and (due_on <= %(today)s or due_on is null)) as my_day,
       count(distinct person_id) filter (where not waits and requested_at >= %(since)s) as new,
       count(distinct person_id) filter (where waits) as waiting,
       count(distinct person_id) filter (where not waits and due_on > %(today)s) as week
  from told
