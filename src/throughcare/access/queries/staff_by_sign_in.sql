-- the account of a sign-in name
select staff_id, password_hash, active, must_change from door.staff where sign_in = %(sign_in)s
