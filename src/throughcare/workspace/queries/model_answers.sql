-- people of each care model by what its rule answers
select f.model, f.answer, count(*) as people
  from think.finding f
 where f.rule = 'eligible' and {allowed:f}
 group by f.model, f.answer
