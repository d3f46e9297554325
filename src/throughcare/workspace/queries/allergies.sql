-- allergies on file, as they are called there
select coalesce(r.body::jsonb #>> '{code,text}', r.body::jsonb #>> '{code,coding,0,display}') as called
  from record.resource r
 where r.resource_type = 'AllergyIntolerance' and r.person_id = %(person)s and r.known_to is null and not r.deleted
   and {allowed:r}
   and coalesce(r.body::jsonb #>> '{clinicalStatus,coding,0,code}', 'active') = 'active'
   and coalesce(r.body::jsonb #>> '{verificationStatus,coding,0,code}', '') not in ('entered-in-error', 'refuted')
 order by 1
 limit 20
