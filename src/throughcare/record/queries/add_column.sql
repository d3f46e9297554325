-- one column of a view; its type follows
alter table {table} add column {column}
