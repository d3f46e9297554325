-- rows of some people that were known at a moment
from {table}
where person_id = any(%(people)s::bigint[]) and known_from <= %(at)s and (known_to is null or known_to > %(at)s)
