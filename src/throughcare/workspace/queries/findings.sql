-- who belongs where: what the engine found for one person, in every care model
select f.model, f.version, f.answer, f.criteria, f.deciding, f.since
  from think.finding f
 where f.person_id = %(person)s and f.rule = 'eligible' and {allowed:f}
 order by (f.answer = 'met') desc, (f.answer = 'unknown') desc, f.model
