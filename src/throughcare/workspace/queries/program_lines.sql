-- one care model's lines that are about no person: of an organization's year, of a session; of each the newest
select line, status, on_date, amount, why, why_not from (
    select l.line, l.status, l.on_date, l.amount, l.why, l.why_not,
           row_number() over (partition by l.line order by l.on_date desc nulls last, l.row_key) as nth
      from think.line l
     where l.model = %(model)s and {program:l}
) as newest
 where nth <= %(shown)s
 order by line, nth
