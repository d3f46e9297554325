-- how far a stage has read the feed
insert into think.cursor (stage, commit_no) values (%(stage)s, %(commit_no)s)
on conflict (stage) do update set commit_no = excluded.commit_no
