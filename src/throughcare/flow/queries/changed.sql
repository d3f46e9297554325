-- people whose record changed in this stretch of the feed, oldest change first, and whether what a source says of who they are did;
-- a group or an appointment changes the record of everyone it names, and of those it named until then;
-- what the passes themselves wrote is left out; ties are kept, so that the last number named is complete
with said as not materialized (
    select r.person_id, r.commit_no, r.resource_type, r.resource_type || '/' || r.resource_id as key, r.known_from
      from record.resource as r join record.commit as c using (commit_no)
     where r.commit_no > %(since)s and r.commit_no <= %(until)s and c.stage <> all(%(own)s::text[])
), shared as (
    select * from said where resource_type in ('Group', 'Appointment')
)
select person_id, min(commit_no) as first_no, bool_or(patient) as patient from (
    select person_id, commit_no, resource_type = 'Patient' as patient from said
    union all
    select named.person_id, s.commit_no, false
      from shared as s cross join lateral (
        select person_id from flat.household_member as f
         where f.key >= s.key collate "C" and f.key < (s.key || '$') collate "C"
           and (f.known_to is null or f.known_to = s.known_from)
        union all
        select person_id from flat.attribution as f
         where f.key >= s.key collate "C" and f.key < (s.key || '$') collate "C"
           and (f.known_to is null or f.known_to = s.known_from)
        union all
        select person_id from flat.attendance as f
         where f.key >= s.key collate "C" and f.key < (s.key || '$') collate "C"
           and (f.known_to is null or f.known_to = s.known_from)) as named
    union all
    select unnest(array[from_person, to_person]), commit_no, false from record.link
     where commit_no > %(since)s and commit_no <= %(until)s
) as changed
where person_id is not null
group by person_id order by first_no
fetch first %(limit)s rows with ties
