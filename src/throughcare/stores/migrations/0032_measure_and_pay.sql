-- How well does it go? One row per measure and row of its set; person 0 is nobody: rows of organizations and sums.
create table think.measure_row (
    person_id     bigint not null,
    model         text not null,       -- the care model, or the measure of the library it is of
    measure       text not null,
    row_key       text not null,
    population    boolean,             -- null: it is not known whether, or where, the row counts
    denominator   boolean,
    exclusion     boolean,
    exception     boolean,
    numerator     boolean,
    value         numeric(18, 6),
    exposure      numeric(18, 6),
    strata        text not null default '',   -- {"column": value} by which the score is told apart
    proof         text not null default '',   -- {"column": value} shown beside the row
    primary key (person_id, model, measure, row_key)
);
create index measure_row_measure on think.measure_row (model, measure);

-- What does it earn or cost? Every candidate for payment, with its amount or the reasons why not.
create table think.line (
    person_id     bigint not null,
    model         text not null,
    version       text not null,
    line          text not null,
    row_key       text not null,
    about         text,
    service       text not null,
    code          text,
    on_date       date,
    month         date,
    units         numeric(18, 6),
    price         numeric(18, 6),
    amount        numeric(18, 2),
    priority      integer not null,
    "by"          text,
    enrolled_on   date,
    status        text not null check (status in ('payable', 'blocked', 'suppressed', 'held_for_review', 'denied')),
    why_not       text not null,       -- in plain English, for logs and exports
    why           text[] not null,     -- the same as words to translate
    primary key (person_id, model, line, row_key)
);
create index line_month on think.line (month, model);

-- Settlements and other rows about organizations, months and sites: every column of the set as it was worked out last.
create table think.settlement (
    model         text not null,
    on_set        text not null,
    row_key       text not null,
    period_start  date not null,
    period_end    date not null,
    told          jsonb not null,      -- {"column": value}, exact decimals as text
    at            timestamptz not null,
    primary key (model, on_set, row_key, period_start, period_end)
);

-- Scores of a whole population, as reported last.
create table think.score (
    model         text not null,       -- for whose people
    book          text not null,       -- where the measure is defined: a care model or a measure of the library
    measure       text not null,
    period_start  date not null,
    period_end    date not null,
    stratum       text not null default '',
    population    integer not null,
    denominator   integer not null,
    exclusion     integer not null,
    exception     integer not null,
    numerator     integer not null,
    cannot_tell   integer not null,
    score         numeric(18, 2),
    at            timestamptz not null,
    primary key (model, book, measure, period_start, period_end, stratum)
);

-- What the plan must hold and lacks stands beside what is proposed for it.
alter table think.proposal drop constraint proposal_kind_check;
alter table think.proposal add constraint proposal_kind_check check (kind in ('goal', 'activity', 'missing'));
