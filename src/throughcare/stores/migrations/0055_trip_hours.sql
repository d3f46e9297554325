-- When does each stop begin, and what is shown of it? A trip planned before this is planned again the next night.
delete from think.trip;
alter table think.trip
    add column person_id bigint,                      -- 0: its stops are about nobody; null: visits to people
    add column begins    double precision[] not null, -- minutes of the day, one for each of the stops
    add column shows     jsonb not null;              -- {stop: {"column or fact": text}}
