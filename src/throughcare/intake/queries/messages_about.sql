-- every message about some things of a source; of asides only the newest about each
select m.message_no, m.body
from (
    select message_no, is_aside, row_number() over (
        partition by about, is_aside order by said_at desc, message_no desc
    ) as place
    from record.message_about
    where about = any(%(about)s)
) as told
join record.message m using (message_no)
where (not told.is_aside or told.place <= %(asides)s) and m.source = %(source)s
group by m.message_no
