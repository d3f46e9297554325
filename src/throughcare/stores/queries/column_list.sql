array_to_string({column}, E'\x1f')
