-- the latest scores of every measure, whole and by group, with the period they are of; single months stand in score_months
select s.model, s.book, s.measure, s.period_start, s.period_end, s.stratum, s.population, s.denominator, s.exclusion,
       s.exception, s.numerator, s.cannot_tell, s.score, s.at
  from think.score s
 where (s.period_start, s.period_end) = (
       select l.period_start, l.period_end from think.score l where l.period_end - l.period_start > 31
        order by l.at desc, l.period_end - l.period_start desc limit 1)
   and (%(model)s::text is null or s.model = %(model)s)
   and (%(measure)s::text is null or s.measure = %(measure)s)
 order by s.model, s.measure, s.stratum
