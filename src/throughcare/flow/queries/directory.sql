-- resources about no person, as they stand now, of some types
select resource_type, resource_id, body from record.resource
 where resource_type = any(%(types)s::text[]) and person_id is null and known_to is null and not deleted
 order by 1, 2
