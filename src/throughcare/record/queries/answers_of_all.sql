-- what the engine last found about everyone
from {table}
