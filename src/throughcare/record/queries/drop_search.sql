-- search rows of resources that get new ones, or none
delete from record.search as s using unnest(%(types)s::text[], %(ids)s::text[]) as old (resource_type, resource_id)
where s.resource_type = old.resource_type and s.resource_id = old.resource_id
