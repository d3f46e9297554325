-- when each source was last heard
select name, last_heard from record.source where name <> 'throughcare' order by last_heard desc
