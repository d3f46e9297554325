-- each source: when it was last heard, in how many hours, its usual longest silence, its months, its kinds, what waits
with heard as (
    select source_id, hour, last, things
    from think.heard
    where last <= %(at)s
), gaps as (
    select source_id, extract(epoch from hour - lag(hour) over (partition by source_id order by hour)) / 3600 as hours
    from heard
), habit as (
    select source_id, count(hours) as gaps, percentile_disc(0.99) within group (order by hours) as hours
    from gaps
    group by 1
), by_month as (
    select source_id, date_trunc('month', hour at time zone %(zone)s) as month, sum(things) as things
    from heard
    group by 1, 2
), spans as (
    select source_id, greatest(min(month), this_month - interval '12 months') as first, this_month as last
    from by_month, date_trunc('month', %(at)s::timestamptz at time zone %(zone)s) as this_month
    group by 1, this_month
), months as (
    select p.source_id, jsonb_object_agg(to_char(each, 'YYYY-MM'), coalesce(m.things, 0)) as months
    from spans p
    cross join lateral generate_series(p.first, p.last, interval '1 month') as each
    left join by_month m on m.source_id = p.source_id and m.month = each
    group by 1
), kinds as (
    select source_id, jsonb_object_agg(kind, things) as kinds from think.heard_kind group by 1
), waits as (
    select source, count(*) as entries from record.quarantine where state = 'waiting' group by 1
)
select s.name, max(h.last),
    coalesce(sum(h.things) filter (where h.hour > %(at)s::timestamptz - interval '30 days'), 0)::bigint,
    a.gaps, a.hours::float8, m.months, k.kinds, coalesce(w.entries, 0)
from record.source s
left join heard h using (source_id)
left join habit a using (source_id)
left join months m using (source_id)
left join kinds k using (source_id)
left join waits w on w.source = s.name
where s.name <> 'throughcare'
group by s.name, a.gaps, a.hours, m.months, k.kinds, w.entries
order by s.name
