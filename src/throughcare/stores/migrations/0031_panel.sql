-- People of a team who have no named worker yet: the list a team looks at every morning.
create index panel_unnamed on door.panel (team_id, person_id) where staff_id is null;
