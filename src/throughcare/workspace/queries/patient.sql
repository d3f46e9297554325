-- the patient by which new work about a person is filed
select p.key, p.person_id
  from flat.person p
 where p.person_id = %(person)s and p.known_to is null and {allowed:p}
 order by p.key
 limit 1
