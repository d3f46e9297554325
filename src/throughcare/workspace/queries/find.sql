-- people whose name begins like this, or whose number it is
select p.person_id, min(p.family) as family, min(p.given) as given
  from flat.person p
 where p.known_to is null and {allowed:p} and p.person_id is not null
   and (lower(p.family) like %(start)s or lower(p.given) like %(start)s
        or lower(p.given || ' ' || p.family) like %(start)s or p.person_id = %(number)s::bigint)
 group by p.person_id
 order by min(p.family), min(p.given), p.person_id
 limit %(limit)s
