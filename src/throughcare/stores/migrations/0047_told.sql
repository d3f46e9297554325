-- For which moment a source last spoke of a resource, or withdrew it, where its files say one; see docs/why/0119.
create table record.told (
    resource_type text collate "C" not null,
    resource_id   text collate "C" not null,
    as_of         timestamp not null,          -- in the source's own time
    primary key (resource_type, resource_id)
);
