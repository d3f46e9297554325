-- How often a text in quarantine came: the same text of the same source is one entry.
alter table record.quarantine add column times bigint not null default 1;
