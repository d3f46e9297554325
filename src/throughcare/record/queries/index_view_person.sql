-- rows of a person, to read them
create index on {table} (person_id)
