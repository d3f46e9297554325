-- The door's own indexes: what someone did lately, who looked at a person last, whose worker someone is.
create index panel_staff on door.panel (staff_id, person_id) where staff_id is not null;
create index audit_actor on door.audit (actor, person_id, audit_no);
create index session_staff on door.session (staff_id) where not ended;
create index sign_in_attempt_source on door.sign_in_attempt (source, at);
