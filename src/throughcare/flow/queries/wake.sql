-- these people are looked at again at once
insert into think.wake (person_id, looks_again_at) select unnest(%(people)s::bigint[]), %(now)s
on conflict (person_id) do update set looks_again_at = least(think.wake.looks_again_at, excluded.looks_again_at)
