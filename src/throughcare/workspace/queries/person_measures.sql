-- how one person counts in every measure, as of the last night
select m.model, m.measure, m.row_key, m.population, m.denominator, m.exclusion, m.exception, m.numerator
  from think.measure_row m
 where m.person_id = %(person)s and {allowed:m}
 order by m.model, m.measure, m.row_key
 limit 200
