-- goals of the one plan, in words
select g.key, g.text, g.due_on, g.status, g.owner
  from flat.plan_part g
 where g.person_id = %(person)s and g.part = 'goal' and g.known_to is null and {allowed:g}
   and coalesce(g.status, 'active') not in ('cancelled', 'rejected', 'entered-in-error')
 order by g.key
 limit 20
