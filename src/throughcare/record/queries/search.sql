-- resources of a type that carry all of these terms
select resource_id from record.search
where resource_type = %(type)s and terms @> %(terms)s::bigint[]
order by resource_id limit %(limit)s
