-- what sources said since a commit, up to the newest, added to what was counted; the cursor moves with it
with newest as (
    select commit_no from record.head
), new as (
    select source_id, date_trunc('hour', known_from) as hour, resource_type as kind, max(known_from) as last,
        count(*) as things
    from record.resource
    where commit_no > %(after)s and commit_no <= (select commit_no from newest)
    group by 1, 2, 3
    union all
    select s.source_id, date_trunc('hour', m.at), m.format, max(m.at), count(*)
    from record.message m join record.source s on s.name = m.source
    where m.commit_no > %(after)s and m.commit_no <= (select commit_no from newest)
    group by 1, 2, 3
), by_hour as (
    insert into think.heard as h (source_id, hour, last, things)
    select source_id, hour, max(last), sum(things) from new group by 1, 2
    on conflict (source_id, hour) do update
        set last = greatest(h.last, excluded.last), things = h.things + excluded.things
), by_kind as (
    insert into think.heard_kind as k (source_id, kind, things)
    select source_id, kind, sum(things) from new group by 1, 2
    on conflict (source_id, kind) do update set things = k.things + excluded.things
)
update think.cursor set commit_no = (select commit_no from newest) where stage = 'heard'
