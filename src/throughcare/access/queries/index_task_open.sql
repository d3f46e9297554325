-- work nobody owns, by when it is due
create index if not exists task_open on flat.task (due_at) where known_to is null and owner is null
