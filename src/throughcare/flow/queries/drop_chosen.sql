-- what was chosen before, before what is chosen now takes its place; an assignment that waits keeps what it had
delete from {table} where (model, {kind}) not in (select * from unnest(%(models)s::text[], %(ids)s::text[]))
