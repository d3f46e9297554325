-- an entry has been dealt with, and stays listed as such
update record.quarantine set state = %(state)s where entry_no = %(entry_no)s
