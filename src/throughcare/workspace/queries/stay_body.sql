-- what staff wrote down of a stay that someone told of, with its version
select r.body, r.version, r.person_id
  from record.resource r
  join record.source s on s.source_id = r.source_id
 where r.resource_type = 'QuestionnaireResponse' and r.resource_id = %(id)s and r.person_id = %(person)s and r.known_to is null
   and not r.deleted and s.name = 'throughcare' and {allowed:r}
   and exists (select from flat.stay_said f where f.key = 'QuestionnaireResponse/' || r.resource_id and f.known_to is null and {allowed:f})
