-- people whom time has woken
select person_id from think.wake where looks_again_at <= %(now)s order by looks_again_at limit %(limit)s
