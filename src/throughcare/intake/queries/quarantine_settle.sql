-- an entry has been dealt with, or waits again, unless someone else was first
update record.quarantine set state = %(state)s where entry_no = %(entry_no)s and state = any(%(since)s)
