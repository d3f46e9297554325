-- yesterday's settlements of a period, before today's take their place
delete from think.settlement where period_start = %(start)s and period_end = %(end)s
