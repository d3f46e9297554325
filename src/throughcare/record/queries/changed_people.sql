-- people whose rows were written, or whose patients changed hands, in this stretch of the feed, oldest first;
-- ties are kept, so that the last number named is complete
select person_id, max(commit_no) as last_no from (
    select person_id, commit_no from record.resource
    where commit_no > %(since)s and commit_no <= %(until)s and person_id is not null
    union all
    -- whose it was before: a deletion names nobody, and a correction may move it to another patient
    select before.person_id, now.commit_no
    from record.resource as now join record.resource as before using (resource_type, resource_id)
    where now.commit_no > %(since)s and now.commit_no <= %(until)s and now.version > 1
      and before.version = now.version - 1 and before.person_id is distinct from now.person_id
    union all
    select from_person, commit_no from record.link where commit_no > %(since)s and commit_no <= %(until)s
    union all
    select to_person, commit_no from record.link where commit_no > %(since)s and commit_no <= %(until)s
) as changed
where person_id is not null
group by person_id order by last_no
fetch first %(limit)s rows with ties
