"""Pay: what recorded work is worth to each program, what is missing, and which claims exclude each other."""
