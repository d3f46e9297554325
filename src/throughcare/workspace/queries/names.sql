-- what to call some people: one row each, from the newest active record
select distinct on (p.person_id)
       p.person_id, p.given, p.family, p.birth_date, p.sex, p.language, p.interpreter, p.phone, p.died, p.died_on
  from flat.person p
 where p.person_id = any(%(people)s) and p.known_to is null and {allowed:p}
 order by p.person_id, p.active desc nulls last, p.known_from desc, p.key
