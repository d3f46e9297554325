-- one entry of the quarantine, with its text as far as a page shows it
select q.entry_no, q.at, q.source, q.file, q.line, q.reason, q.state, q.times, octet_length(q.body) as size,
       substring(q.body from 1 for %(most)s) as body
  from record.quarantine q
 where {steward:q} and q.entry_no = %(entry_no)s
