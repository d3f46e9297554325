-- messages as received; the same again of the same source is known; how many were new
with given as (
    select * from unnest(%(sources)s::text[], %(formats)s::text[], %(controls)s::text[], %(digests)s::bytea[],
        %(said)s::timestamptz[], %(asides)s::boolean[], %(bodies)s::text[])
        with ordinality as given (source, format, control, digest, said_at, is_aside, body, place)
), new as (
    insert into record.message (commit_no, at, source, format, control, is_reused, digest, said_at, body)
    select %(commit_no)s, %(at)s, source, format, control,
        exists (select from record.message m where m.source = given.source and m.control = given.control),
        digest, said_at, body
    from given
    order by place
    on conflict (source, digest) do nothing
    returning message_no, source, digest
), about as (
    insert into record.message_about (about, message_no, is_aside, said_at)
    select distinct on (named.about, new.message_no) named.about, new.message_no, given.is_aside, given.said_at
    from unnest(%(places)s::bigint[], %(abouts)s::text[]) as named (place, about)
    join given using (place)
    join new using (source, digest)
)
select count(*) from new
