-- each source: when it was last heard, in how many hours of the last weeks, its usual longest silence, and what waits
with told as (
    select source_id, date_trunc('hour', known_from) as hour, max(known_from) as last, count(*) as things
    from record.resource
    group by 1, 2
    union all
    select s.source_id, date_trunc('hour', m.at), max(m.at), count(*)
    from record.message m join record.source s on s.name = m.source
    group by 1, 2
), heard as (
    select source_id, hour, max(last) as last, sum(things) as things
    from told
    where last <= %(at)s
    group by 1, 2
), gaps as (
    select source_id, extract(epoch from hour - lag(hour) over (partition by source_id order by hour)) / 3600 as hours
    from heard
), habit as (
    select source_id, count(hours) as gaps, percentile_disc(0.99) within group (order by hours) as hours
    from gaps
    group by 1
), months as (
    select source_id, jsonb_object_agg(month, things order by month) as months
    from (
        select source_id, to_char(hour at time zone %(zone)s, 'YYYY-MM') as month, sum(things) as things
        from heard
        where hour > %(at)s::timestamptz - interval '13 months'
        group by 1, 2
    ) as by_month
    group by 1
)
select s.name, max(h.last), coalesce(sum(h.things) filter (where h.hour > %(at)s::timestamptz - interval '30 days'), 0)::bigint,
    a.gaps, a.hours::float8, m.months,
    (select count(*) from record.quarantine q where q.source = s.name and q.state = 'waiting')
from record.source s
left join heard h using (source_id)
left join habit a using (source_id)
left join months m using (source_id)
where s.name <> 'throughcare'
group by s.name, a.gaps, a.hours, m.months
order by s.name
