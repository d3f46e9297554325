-- the rows of one measure that the viewer may see, those that count first
select m.person_id, m.row_key, m.population, m.denominator, m.exclusion, m.exception, m.numerator, m.proof
  from think.measure_row m
 where m.model = %(book)s and m.measure = %(measure)s and m.person_id > 0 and {allowed:m}
   and (%(person)s::bigint is null or m.person_id = %(person)s)
 order by (m.denominator is true and m.exclusion is false and m.numerator is false) desc, m.numerator is null desc,
       m.person_id, m.row_key
 limit %(limit)s
