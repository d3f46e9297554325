-- rows of a resource, to close them when it is revised
create index on {table} (key)
