-- whose care team someone is on
create index if not exists team_member on flat.care_team_member (member_key, person_id) where known_to is null
