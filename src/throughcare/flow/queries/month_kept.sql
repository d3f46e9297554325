-- whether the scores of a period are kept
select exists (select 1 from think.score where period_start = %(start)s and period_end = %(end)s)
