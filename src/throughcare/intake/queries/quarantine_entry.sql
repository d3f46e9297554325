-- one entry of the quarantine, whole
select entry_no, source, file, line, reason, body, state
from record.quarantine
where entry_no = %(entry_no)s
