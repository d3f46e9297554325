-- the entries of one source and reason, oldest first
select q.entry_no, q.source, q.file, q.line, q.reason, q.at, q.times, count(*) over () as total
  from record.quarantine q
 where {steward:q} and q.state = %(state)s
   and md5(q.source || ' ' || regexp_replace(q.reason, '[0-9]+', '0', 'g')) = %(alike)s
 order by q.entry_no
 limit %(limit)s
