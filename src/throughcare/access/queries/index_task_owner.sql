-- whose work is due when
create index if not exists task_owner on flat.task (owner, due_at) where known_to is null
