-- many rows into a table, in text form
copy {table} ({columns}) from stdin
