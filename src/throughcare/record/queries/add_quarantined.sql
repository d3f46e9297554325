-- input that could not be stored; the same text of the same source is kept once, with how often it came; says which are new
insert into record.quarantine (at, source, file, line, reason, body, digest, times)
select %(at)s, source, file, line, reason, body, digest, times
from unnest(%(sources)s::text[], %(files)s::text[], %(lines)s::bigint[], %(reasons)s::text[], %(bodies)s::bytea[],
    %(digests)s::bytea[], %(times)s::bigint[]) as new (source, file, line, reason, body, digest, times)
on conflict (source, digest) do update set at = excluded.at, file = excluded.file, line = excluded.line,
    reason = excluded.reason, state = 'waiting', times = quarantine.times + excluded.times
returning xmax = 0 as added
