-- the scores of one measure month by month, whole, oldest first
select s.period_start as first, s.score, s.numerator, s.denominator - s.exclusion - s.exception as counted
  from think.score s
 where s.model = %(model)s and s.book = %(book)s and s.measure = %(measure)s and s.stratum = ''
   and s.period_end - s.period_start < 31 and s.score is not null and s.period_start >= %(since)s
 order by s.period_start
