-- a view that left the library
drop table if exists {table}
