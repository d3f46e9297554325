-- what waits in quarantine, oldest first
select entry_no, at, source, file, line, reason, times
from record.quarantine
where state = %(state)s
order by entry_no
limit %(limit)s
