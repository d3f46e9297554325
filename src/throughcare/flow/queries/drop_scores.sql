-- yesterday's scores of a period, before today's take their place
delete from think.score where period_start = %(start)s and period_end = %(end)s
