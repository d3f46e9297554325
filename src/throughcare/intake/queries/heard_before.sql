-- how far sources were counted; whoever counts at the same moment waits here for the other to end
insert into think.cursor as c (stage, commit_no) values ('heard', 0)
on conflict (stage) do update set commit_no = c.commit_no
returning commit_no
