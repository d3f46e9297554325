-- each source: when it was last heard, in how many hours, its usual longest silence, its months, its kinds, what waits, what it missed
with ever as (
    select source_id, min(hour) as first, max(last) as last from think.heard where last <= %(at)s group by 1
), heard as (
    select source_id, hour, things,
        extract(epoch from hour - lag(hour) over (partition by source_id order by hour)) / 3600 as quiet_hours
    from think.heard
    where last <= %(at)s and hour > %(at)s::timestamptz - interval '13 months'
), habit as (
    select source_id, count(quiet_hours) as gaps,
        percentile_disc(0.99) within group (order by quiet_hours) as hours,
        sum(things) filter (where hour > %(at)s::timestamptz - interval '30 days') as things
    from heard
    group by 1
), by_month as (
    select source_id, date_trunc('month', hour at time zone %(zone)s) as month, sum(things) as things
    from heard
    group by 1, 2
), months as (
    select e.source_id, jsonb_object_agg(to_char(each, 'YYYY-MM'), coalesce(m.things, 0)) as months
    from ever e
    cross join lateral (select date_trunc('month', %(at)s::timestamptz at time zone %(zone)s) as now) as this
    cross join lateral generate_series(
        greatest(date_trunc('month', e.first at time zone %(zone)s), this.now - interval '12 months'), this.now,
        interval '1 month') as each
    left join by_month m on m.source_id = e.source_id and m.month = each
    group by 1
), kinds as (
    select source_id, jsonb_object_agg(kind, things) as kinds from think.heard_kind group by 1
), merged as (
    select t.row_key, t.told_key, t.told_by, t.left_open, t.told_as = 'visit' as by_feed, s.ended_on
    from flat.stay_telling t join flat.encounter s on s.key = t.row_key and s.known_to is null
    where t.known_to is null
), ours as (
    -- stays of which no feed of visits told: only a claim did, or a document, or the person
    select coalesce(o.npi, e.facility_id) as place, e.ended_on
    from flat.encounter e
    left join flat.organization o on o.key = e.facility_id and o.known_to is null
    where e.known_to is null and e.ended_on is not null and e.class in ('inpatient', 'observation')
        and coalesce(e.status, '') not in ('cancelled', 'planned', 'entered-in-error')
        and (e.key in (select row_key from merged group by 1 having not bool_or(by_feed))
            or (e.told_by is not null and e.source <> 'throughcare' and e.key not in (select told_key from merged)))
), tells as (
    -- who last told of stays at each of these places, and since when it does; the same place by its number, or by its name there
    select distinct on (place) place, source, first_on
    from (
        select coalesce(o.npi, e.facility_id) as place, e.source, min(e.started_on) as first_on, max(e.known_from) as last
        from flat.encounter e
        left join flat.organization o on o.key = e.facility_id and o.known_to is null
        where e.known_to is null and e.class in ('inpatient', 'observation') and e.source <> 'throughcare' and e.told_by is null
            and exists (select from ours)
        group by 1, 2
    ) as told
    order by place, last desc
), missed as (
    select source, jsonb_object_agg(month, stays) as months
    from (
        select source, to_char(ended_on, 'YYYY-MM') as month, count(*) as stays
        from (
            select t.source, s.ended_on from ours s join tells t using (place) where s.ended_on >= t.first_on
            union all
            select told_by, ended_on from merged where left_open
        ) as each_stay
        group by 1, 2
    ) as by_month
    group by 1
), waits as (
    select source, count(*) as entries from record.quarantine where state = 'waiting' group by 1
)
select s.name, e.last, coalesce(a.things, 0)::bigint, a.gaps, a.hours::float8, m.months, k.kinds, coalesce(w.entries, 0), x.months
from record.source s
left join ever e using (source_id)
left join habit a using (source_id)
left join months m using (source_id)
left join kinds k using (source_id)
left join waits w on w.source = s.name
left join missed x on x.source = s.name
where s.name <> 'throughcare'
order by s.name
