-- the obligations some tasks stand for, as the tasks themselves name them
select r.resource_type || '/' || r.resource_id as task, o.obligation_key, o.person_id, o.model, o.step, o.anchor_key,
       o.about, o.opens_at, o.due_at, o.due_precision, o.status, o.reason, o.needs, o.done_count, o.escalates_to
  from record.resource r
 cross join lateral jsonb_path_query(r.body::jsonb, '$.input[*].valueString') as input(named)
  join think.obligation o on o.obligation_key = input.named #>> '{}'
 where r.resource_type = 'Task' and r.resource_id = any(%(ids)s) and r.known_to is null and {allowed:r} and {allowed:o}
 order by o.due_at nulls last, o.obligation_key
