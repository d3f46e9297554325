-- one score of a period, of everyone or of a group
insert into think.score (model, book, measure, period_start, period_end, stratum, population, denominator, exclusion,
    exception, numerator, cannot_tell, score, at)
values (%(model)s, %(book)s, %(measure)s, %(start)s, %(end)s, %(stratum)s, %(population)s, %(denominator)s,
    %(exclusion)s, %(exception)s, %(numerator)s, %(cannot_tell)s, %(score)s, %(at)s)
