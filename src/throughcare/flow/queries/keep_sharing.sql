-- how evenly one assignment shares its work
insert into think.sharing (model, assignment, cases, placed, fairness, used, at)
values (%(model)s, %(assignment)s, %(cases)s, %(placed)s, %(fairness)s, %(used)s, %(at)s)
