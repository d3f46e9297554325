-- work about one person
create index if not exists task_person on flat.task (person_id, due_at) where known_to is null
