-- open tasks of one view of someone's Today, most urgent first, and how many people each view holds; one row at least
-- `waits` when somebody or something else is next
with mine as (
    select t.key, t.person_id, t.kind, t.status, t.requested_on, t.requested_at, t.due_on, t.due_at, t.owner, t.role, t.about,
           t.snoozed_until, t.set_by_person, t.description
      from flat.task t
     where t.owner = %(me)s and t.known_to is null and {allowed:t}
       and t.status in ('requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold')
       and coalesce(t.due_at, '-infinity'::timestamptz) < %(horizon)s
    union all
    select t.key, t.person_id, t.kind, t.status, t.requested_on, t.requested_at, t.due_on, t.due_at, t.owner, t.role, t.about,
           t.snoozed_until, t.set_by_person, t.description
      from door.panel p
      join flat.task t on t.person_id = p.person_id
     where p.staff_id = %(staff)s and {allowed:p} and t.known_to is null and {allowed:t}
       and t.status in ('requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold')
       and coalesce(t.due_at, '-infinity'::timestamptz) < %(horizon)s
       and t.owner is distinct from %(me)s
), told as (
    select m.*,
           (m.status = 'on-hold' or m.snoozed_until > %(today)s or (m.owner is not null and m.owner <> %(me)s)) is true as waits
      from mine m
)
, counted as (
    select count(distinct person_id) filter (where not waits and (due_on <= %(today)s or due_on is null)) as my_day,
           count(distinct person_id) filter (where not waits and requested_at >= %(since)s) as new,
           count(distinct person_id) filter (where waits) as waiting,
           count(distinct person_id) filter (where not waits and due_on > %(today)s) as week
      from told
)
select c.my_day, c.new, c.waiting, c.week, t.*
  from counted c
  left join told t
    on case %(view)s
       when 'my_day' then not t.waits and (t.due_on <= %(today)s or t.due_on is null)
       when 'new' then not t.waits and t.requested_at >= %(since)s
       when 'waiting' then t.waits
       when 'week' then not t.waits and t.due_on > %(today)s
       else false end
 order by case when t.due_on is null then 2 when t.due_on > %(today)s then 3 when t.due_on < %(long_ago)s then 1 else 0 end,
          t.due_on, (t.due_at at time zone %(zone)s)::time = '00:00', t.due_at, t.person_id, t.key
 limit %(limit)s
