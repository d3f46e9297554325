-- take the head of the record: commits form one line, and this is where they wait for their turn
select commit_no, at, audit_no, audit_hash from record.head for update
