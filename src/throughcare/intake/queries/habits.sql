-- each source of people: in how many gaps its hours lie apart, and the longest it is usually quiet
with heard as (
    select h.source_id,
        extract(epoch from h.hour - lag(h.hour) over (partition by h.source_id order by h.hour)) / 3600 as quiet_hours
    from think.heard h
    where h.last <= %(at)s and h.hour > %(at)s::timestamptz - interval '13 months'
        and exists (select from think.heard_kind k where k.source_id = h.source_id and k.kind = %(people)s)
)
select s.name, count(h.quiet_hours), (percentile_disc(0.99) within group (order by h.quiet_hours))::float8
from heard h
join record.source s using (source_id)
where s.name <> 'throughcare'
group by s.name
