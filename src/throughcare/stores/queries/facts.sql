-- version and size of the database
select current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))
