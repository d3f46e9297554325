-- Who takes whom? One row per case of an assignment at the last look at everyone, placed or not; person 0 is nobody.
create table think.assigned (
    person_id     bigint not null,
    model         text not null,
    assignment    text not null,
    role          text not null,
    case_key      text not null,
    worker        text,                -- null: nobody, and `because` says why
    weight        numeric(18, 6),      -- how much of the worker's room the case takes
    used          numeric(18, 6),      -- the worker's share of room taken once the case was placed
    because       text not null,       -- least_used, balanced, kept; weight_unknown, nobody_fits, no_room
    previous      text,                -- the worker the case itself named then
    since         timestamptz not null,
    primary key (model, assignment, case_key)
);
create index assigned_person on think.assigned (person_id);

-- How evenly is it shared? One row per assignment: everyone's share of room, and Jain's index of them.
create table think.sharing (
    model         text not null,
    assignment    text not null,
    cases         integer not null,
    placed        integer not null,
    fairness      numeric(8, 4),
    used          jsonb not null,      -- {"Practitioner/…": share of room taken}
    at            timestamptz not null,
    primary key (model, assignment)
);

-- In which order? One row per trip of a routing, as it was planned last.
create table think.trip (
    model         text not null,
    routing       text not null,
    trip          text not null,
    stops         text[] not null,     -- in the order they are visited
    left_out      text[] not null,     -- no order reaches them, or their place is not known
    travel        double precision not null,   -- minutes
    finish        double precision not null,   -- minute of the day the start is reached again
    gap           double precision not null,   -- how far, as a share, the travel may be from the least there can be
    at            timestamptz not null,
    primary key (model, routing, trip)
);
