-- one row without a person: an organization's year, a month of a list
insert into think.settlement (model, on_set, row_key, period_start, period_end, told, at)
values (%(model)s, %(on_set)s, %(key)s, %(start)s, %(end)s, %(told)s, %(at)s)
