-- what a DSN's role and database must be like
select rolsuper, current_setting('server_encoding') from pg_roles where rolname = current_user
