-- one row into a table; its values follow
insert into {table} ({columns})
