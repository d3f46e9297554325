-- the columns of the answers with their types, in order
select c.relname, a.attname, format_type(a.atttypid, null)
from pg_attribute as a join pg_class as c on c.oid = a.attrelid join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = 'think' and c.relname = any(%(tables)s) and a.attnum > 0 and not a.attisdropped
order by c.relname, a.attnum
