-- what the record learnt about someone since a moment
select r.resource_type, count(*) as items, max(r.known_from) as at
  from record.resource r
 where r.person_id = %(person)s and r.known_from > %(since)s and r.version = 1 and not r.deleted and {allowed:r}
   and r.resource_type in ('Encounter', 'Condition', 'Observation', 'MedicationRequest', 'MedicationStatement', 'Procedure',
                           'DiagnosticReport', 'Communication', 'Task', 'EpisodeOfCare', 'Immunization', 'QuestionnaireResponse')
 group by r.resource_type
 order by max(r.known_from) desc
 limit 12
