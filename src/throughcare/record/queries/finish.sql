-- the head moves on: the number and moment of this commit, and the end of the audit chain
update record.head set commit_no = %(commit_no)s, at = %(at)s, audit_no = %(audit_no)s, audit_hash = %(audit_hash)s
