-- family and friends who take part
select a.key, a.kind, a.name, a.phone, a.caregiver, a.guardian
  from flat.related a
 where a.person_id = %(person)s and a.known_to is null and {allowed:a}
 order by a.caregiver desc nulls last, a.key
 limit 10
