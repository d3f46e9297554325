-- findings of one care model, by answer
create index if not exists finding_answer on think.finding (model, answer, person_id) where rule = 'eligible'
