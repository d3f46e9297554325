-- one line of the feed
insert into record.commit (commit_no, at, door, stage, actor, resources)
values (%(commit_no)s, %(at)s, %(door)s, %(stage)s, %(actor)s, %(resources)s)
