-- a consent as it stands in the record, with its version and who told it
select r.body, r.version, r.person_id, s.name as source
  from record.resource r
  join record.source s on s.source_id = r.source_id
 where r.resource_type = 'Consent' and r.resource_id = %(id)s and r.person_id = %(person)s and r.known_to is null
   and not r.deleted and {allowed:r}
