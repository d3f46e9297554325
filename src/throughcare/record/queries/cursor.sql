-- how far a stage has read the feed
select commit_no from think.cursor where stage = %(stage)s
