-- the rows of these resources are no longer current: key K, or K#1, K#2 and so on ('$' follows '#')
update {table} as f set known_to = %(at)s
from unnest(%(keys)s::text[]) as old (key)
where f.key >= old.key collate "C" and f.key < (old.key || '$') collate "C" and f.known_to is null
