-- Feeds: what each source has said so far, hour by hour and kind by kind, counted on from where the count stood.
create table think.heard (
    source_id     integer not null,
    hour          timestamptz not null,
    last          timestamptz not null,
    things        bigint not null,             -- versions of resources, and messages
    primary key (source_id, hour)
);
create table think.heard_kind (
    source_id     integer not null,
    kind          text collate "C" not null,   -- a resource type, or a format of messages
    things        bigint not null,
    primary key (source_id, kind)
);
create index message_feed on record.message using brin (commit_no) with (pages_per_range = 16, autosummarize = on);
