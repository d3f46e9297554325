-- people by the beginning of the family name
create index if not exists person_family on flat.person (lower(family) text_pattern_ops) where known_to is null
