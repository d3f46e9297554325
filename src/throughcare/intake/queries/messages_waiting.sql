-- messages after a place in their order, as many as fit; the first always does
select message_no, source, body
from (
    select message_no, source, body, sum(length(body)) over (order by message_no) as size, length(body) as own
    from (
        select message_no, source, body
        from record.message
        where format = %(format)s and message_no > %(after)s
        order by message_no
        limit %(limit)s
    ) as next
) as sized
where size - own < %(size)s
order by message_no
