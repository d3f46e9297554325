-- fresh person numbers
select nextval('record.person_no') from generate_series(1, %(count)s)
