-- what waits in quarantine (or was settled), by source and reason; reasons that differ in their numbers alone are one
select q.source, min(q.reason) as reason, count(*) as entries, sum(q.times)::bigint as times, max(q.at) as at,
       min(q.entry_no) as entry_no, md5(q.source || ' ' || regexp_replace(q.reason, '[0-9]+', '0', 'g')) as alike,
       sum(count(*)) over () as total, sum(sum(q.times)) over () as came
  from record.quarantine q
 where {steward:q} and q.state = %(state)s
 group by q.source, regexp_replace(q.reason, '[0-9]+', '0', 'g')
 order by count(*) desc, max(q.at) desc, q.source
 limit %(limit)s
