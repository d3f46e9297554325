-- pairs left to a person, by the rule that speaks against them; each pair stands twice
select rule, count(*) / 2 from think.doubt group by rule order by 2 desc, 1
