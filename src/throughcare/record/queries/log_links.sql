-- each change of mind about who is whom
insert into record.link (commit_no, patient_id, from_person, to_person, reason)
select %(commit_no)s, * from unnest(%(ids)s::text[], %(befores)s::bigint[], %(afters)s::bigint[], %(reasons)s::text[])
