-- who looked at someone or changed something, newest first
select a.at, a.actor, coalesce(f.name, a.actor) as name, a.role, a.action, a.detail, a.purpose
  from door.audit a
  left join door.staff f on f.sign_in = a.actor
 where a.person_id = %(person)s and a.outcome = 'allowed' and {allowed:a}
 order by a.audit_no desc
 limit 200
