-- Messages as received, kept for good: what is told of a thing is a fold over all messages about it.
create table record.message (
    message_no    bigint generated always as identity primary key,   -- in order of arrival
    commit_no     bigint not null,
    at            timestamptz not null,        -- when it was received
    source        text not null,
    format        text not null,               -- the folder of intake that reads it
    control       text not null,               -- what its sender calls it
    is_reused     boolean not null,            -- another message of this sender was called so before
    digest        bytea not null,
    said_at       timestamptz not null,        -- when its sender wrote it down, as far as it says
    body          text not null,
    unique (source, digest)
);
create index message_control on record.message (source, control);
alter table record.message alter column body set storage external;

-- Which things a message speaks of: a patient, a visit, a report, by the ids of their resources.
create table record.message_about (
    about         text collate "C" not null,
    message_no    bigint not null references record.message,
    is_aside      boolean not null,            -- not from registration: of those only the newest count
    said_at       timestamptz not null,
    primary key (about, message_no)
);
