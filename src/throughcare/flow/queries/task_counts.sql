-- tasks by status
select status, count(*) from flat.task where known_to is null group by status order by status
