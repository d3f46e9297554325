-- everyone's rows that were known at a moment
from {table} where known_from <= %(at)s and (known_to is null or known_to > %(at)s)
