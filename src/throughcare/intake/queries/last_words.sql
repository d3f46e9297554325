-- when each source last said something new
select s.name, l.last
from record.source s
cross join lateral (
    select h.last from think.heard h where h.source_id = s.source_id and h.last <= %(at)s order by h.hour desc limit 1
) as l
where s.name <> 'throughcare'
