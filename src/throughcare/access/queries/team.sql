-- a team, or the same team serving others
insert into door.team (name, serves) values (%(name)s, %(serves)s)
on conflict (name) do update set serves = excluded.serves
returning team_id
