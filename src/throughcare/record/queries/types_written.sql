-- which of these types of resources were written in this stretch of the feed
select distinct resource_type from record.resource
where commit_no > %(since)s and commit_no <= %(until)s and resource_type = any(%(types)s::text[])
