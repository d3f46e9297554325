-- one care model's lines of a month by line and status, for the people the viewer may see
select l.line, l.status, count(*) as lines, sum(l.amount) as amount
  from think.line l
 where l.model = %(model)s and l.month = %(month)s and {allowed:l}
 group by l.line, l.status
