-- the last commit up to a moment, and whether that moment lies before the newest one
select coalesce((select max(commit_no) from record.commit where at <= %(as_of)s::timestamptz and %(as_of)s::timestamptz < head.at),
    case when %(as_of)s::timestamptz < head.at then 0 else head.commit_no end), head.at,
    coalesce(%(as_of)s::timestamptz < head.at, false)
from record.head
