-- the migrations that were applied to this database
create table if not exists public.throughcare_migration (
    name        text primary key,
    digest      text not null,
    applied_at  timestamptz not null default now()
);
