-- input that could not be stored; the same text of the same source is kept once
insert into record.quarantine (at, source, file, line, reason, body, digest)
select %(at)s, source, file, line, reason, body, digest
from unnest(%(sources)s::text[], %(files)s::text[], %(lines)s::bigint[], %(reasons)s::text[], %(bodies)s::bytea[],
    %(digests)s::bytea[]) as new (source, file, line, reason, body, digest)
on conflict (source, digest) do update set at = excluded.at, file = excluded.file, line = excluded.line,
    reason = excluded.reason, state = 'waiting'
