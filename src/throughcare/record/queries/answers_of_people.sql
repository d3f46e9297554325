-- what the engine last found about some people
from {table} where person_id = any(%(people)s::bigint[])
