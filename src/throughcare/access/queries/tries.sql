-- wrong passwords since a moment: of this account from this source, and of this source over all accounts
select count(*) filter (where sign_in = %(sign_in)s), count(*)
  from door.sign_in_attempt
 where source = %(source)s and not ok and at >= %(since)s
