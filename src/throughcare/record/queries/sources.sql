-- sources by name, with the prefix their ids get
select name, source_id, id_prefix from record.source where name = any(%(names)s)
