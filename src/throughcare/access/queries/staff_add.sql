-- one more member of staff
insert into door.staff (sign_in, name, credentials, practitioner, password_hash, must_change, minutes_a_day)
values (%(sign_in)s, %(name)s, %(credentials)s, %(practitioner)s, %(password_hash)s, %(must_change)s, %(minutes)s)
returning staff_id
