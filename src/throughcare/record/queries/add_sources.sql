-- sources heard of for the first time
insert into record.source (name, id_prefix, first_heard, last_heard)
select name, prefix, %(at)s, %(at)s from unnest(%(names)s::text[], %(prefixes)s::text[]) as new (name, prefix)
on conflict (name) do nothing
