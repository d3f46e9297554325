-- sources say something
update record.source set last_heard = %(at)s where name = any(%(names)s) and last_heard < %(at)s
