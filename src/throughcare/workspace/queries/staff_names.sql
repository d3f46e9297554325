-- what colleagues are called, by their practitioner in the record
select practitioner, name, credentials from door.staff where practitioner = any(%(practitioners)s)
