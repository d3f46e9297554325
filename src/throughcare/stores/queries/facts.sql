-- version and size of the database, and whether it was ever migrated
select current_setting('server_version'), pg_size_pretty(pg_database_size(current_database())),
    to_regclass('public.throughcare_migration') is not null
