-- one task with its person
select t.key, t.person_id, t.kind, t.status, t.requested_on, t.due_on, t.due_at, t.owner, t.role, t.about,
       t.snoozed_until, t.set_by_person, t.description, t.business_status, false as waits
  from flat.task t
 where t.key = %(key)s and t.known_to is null and {allowed:t}
