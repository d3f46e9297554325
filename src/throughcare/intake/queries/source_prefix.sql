-- the prefix of a source's ids
select id_prefix from record.source where name = %(source)s
