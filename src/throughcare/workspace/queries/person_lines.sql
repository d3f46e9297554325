-- what the recorded work of one person is worth, paid or not, newest month first
select l.person_id, l.model, l.line, l.row_key, l.service, l.code, l.on_date, l.month, l.units, l.price, l.amount,
       l.status, l.why_not, l.why
  from think.line l
 where l.person_id = %(person)s and {allowed:l}
 order by l.month desc nulls last, l.model, l.on_date, l.line
 limit 500
