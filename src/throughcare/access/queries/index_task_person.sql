-- open work about one person, by when it is due; work without a date is always due
create index if not exists task_person_open on flat.task (person_id, coalesce(due_at, '-infinity'::timestamptz))
 where known_to is null and status in ('requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold')
