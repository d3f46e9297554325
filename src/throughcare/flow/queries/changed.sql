-- people whose record changed in this stretch of the feed, oldest change first, and whether what a source says of who they are did;
-- what the passes themselves wrote is left out; ties are kept, so that the last number named is complete
select person_id, min(commit_no) as first_no, bool_or(patient) as patient from (
    select r.person_id, r.commit_no, r.resource_type = 'Patient' as patient
      from record.resource as r join record.commit as c using (commit_no)
     where r.commit_no > %(since)s and r.commit_no <= %(until)s and r.person_id is not null
       and c.stage <> all(%(own)s::text[])
    union all
    select unnest(array[from_person, to_person]), commit_no, false from record.link
     where commit_no > %(since)s and commit_no <= %(until)s
) as changed
where person_id is not null
group by person_id order by first_no
fetch first %(limit)s rows with ties
