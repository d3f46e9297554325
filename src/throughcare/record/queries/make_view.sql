-- a flat table with what every one has; the view's own columns are added to it
drop table if exists {table};
create table {table} (
    key         text collate "C" not null,
    person_id   bigint,
    patient_no  bigint,
    about       text,
    source      text not null,
    known_from  timestamptz not null,
    known_to    timestamptz
)
