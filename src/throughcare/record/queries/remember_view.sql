-- which definition a flat table was made from
insert into record.flat_view (view, digest) values (%(view)s, %(digest)s)
on conflict (view) do update set digest = excluded.digest
