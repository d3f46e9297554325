-- the audit for an auditor: who, about which person number, what and when, newest first
select a.audit_no, a.at, a.actor, a.role, a.action, a.person_id, a.purpose, a.detail, a.outcome
  from door.audit a
 where {auditor:a}
   and (%(actor)s = '' or a.actor = %(actor)s)
   and (%(person)s::bigint is null or a.person_id = %(person)s::bigint)
   and (%(since)s::timestamptz is null or a.at >= %(since)s::timestamptz)
   and (%(until)s::timestamptz is null or a.at < %(until)s::timestamptz)
 order by a.audit_no desc
 limit %(limit)s
