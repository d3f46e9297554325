-- The record: every version of every resource as received, the feed of commits, who is whom, and the audit chain.
create schema record;
create schema flat;
create schema think;
create schema door;

create table record.source (
    source_id     integer generated always as identity primary key,
    name          text not null unique,
    id_prefix     text not null default '',
    first_heard   timestamptz not null default now(),
    last_heard    timestamptz not null default now()
);
insert into record.source (name) values ('throughcare');

-- One row, locked by every commit: it numbers the feed without gaps and holds the end of the audit chain.
create table record.head (
    only_row      boolean primary key default true check (only_row),
    commit_no     bigint not null,
    at            timestamptz not null,      -- moment of the last commit; every commit is later than the one before
    audit_no      bigint not null,
    audit_hash    bytea not null
);
insert into record.head values (true, 0, '1900-01-01Z', 0, '\x0000000000000000000000000000000000000000000000000000000000000000');

create table record.commit (
    commit_no     bigint primary key,
    at            timestamptz not null,
    door          text not null check (door in ('flow', 'access')),
    stage         text not null,
    actor         text not null,
    resources     integer not null default 0
);

create sequence record.person_no start 40001;

-- A patient gets a number of its own when first seen, which is also the number of its first person.
-- Which person each patient (as one source knows them) is. identity re-points; rows elsewhere follow in the same commit.
create table record.patient_person (
    patient_id    text collate "C" primary key,
    patient_no    bigint not null unique,
    person_id     bigint not null,
    commit_no     bigint not null,
    reason        text not null
);
create index patient_person_person on record.patient_person (person_id);

-- Every change of mind about who is whom, with its reason; rows are never removed.
create table record.link (
    commit_no     bigint not null,
    patient_id    text not null,
    from_person   bigint,
    to_person     bigint not null,
    reason        text not null
);
create index link_feed on record.link (commit_no);

-- Bodies are text as received, uncompressed: a read returns exactly these characters.
create table record.resource (
    resource_type text collate "C" not null,
    resource_id   text collate "C" not null,
    version       integer not null,
    commit_no     bigint not null,
    known_from    timestamptz not null,
    known_to      timestamptz,
    person_id     bigint,
    patient_no    bigint,
    source_id     integer not null,
    deleted       boolean not null default false,
    digest        bytea not null,
    body          text not null,
    primary key (resource_type, resource_id, version)
);
alter table record.resource alter column body set storage external;
create index resource_feed on record.resource using brin (commit_no) with (pages_per_range = 16, autosummarize = on);
create index resource_person on record.resource (person_id);

-- Compact search rows: one per current resource. Equality terms are 64-bit hashes of (parameter, value).
create table record.search (
    resource_type text collate "C" not null,
    resource_id   text collate "C" not null,
    person_id     bigint,
    patient_no    bigint,
    terms         bigint[] not null,
    texts         text[] not null,
    span_params   smallint[] not null,
    span_lows     timestamptz[] not null,
    span_highs    timestamptz[] not null,
    number_params smallint[] not null,
    numbers       double precision[] not null,
    primary key (resource_type, resource_id)
);

-- Input that could not be stored, kept whole so that it can be fixed and replayed.
create table record.quarantine (
    entry_no      bigint generated always as identity primary key,
    at            timestamptz not null default now(),
    source        text not null,
    file          text not null,
    line          bigint not null,
    reason        text not null,
    body          bytea not null,
    digest        bytea not null,
    state         text not null default 'waiting' check (state in ('waiting', 'replayed', 'dropped')),
    unique (source, digest)
);

-- How far each file of a load has been committed, so that a killed load resumes at its checkpoint.
create table record.load_mark (
    file_digest   bytea not null,
    source        text not null,
    member        text not null default '',
    lines_done    bigint not null,
    read_count    bigint not null default 0,
    stored_count  bigint not null default 0,
    known_count   bigint not null default 0,
    quarantined_count bigint not null default 0,
    finished      boolean not null default false,
    primary key (file_digest, source, member)
);

-- The audit: appended only, each row sealed by the hash of the one before.
create table door.audit (
    audit_no      bigint primary key,
    at            timestamptz not null,
    commit_no     bigint,
    actor         text not null,
    role          text not null default '',
    action        text not null,
    person_id     bigint,
    purpose       text not null default 'TREAT',
    detail        text not null default '',
    outcome       text not null default 'allowed' check (outcome in ('allowed', 'refused')),
    hash          bytea not null
);
create index audit_person on door.audit (person_id, audit_no);

-- The flat views that stand in schema flat, and the digest of the definitions they were made from.
create table record.flat_view (
    view          text primary key,
    digest        text not null
);
