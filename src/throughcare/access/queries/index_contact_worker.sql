-- contacts by who made them
create index if not exists contact_worker on flat.contact (worker_id, on_date) where known_to is null
