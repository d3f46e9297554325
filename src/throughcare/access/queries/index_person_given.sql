-- people by the beginning of the given name
create index if not exists person_given on flat.person (lower(given) text_pattern_ops) where known_to is null
