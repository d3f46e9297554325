-- People who sign in, their teams, whom each team serves, and their sessions.
create table door.staff (
    staff_id      integer generated always as identity primary key,
    sign_in       text not null unique,
    name          text not null,
    credentials   text not null default '',
    password_hash text not null,
    practitioner  text,                          -- 'Practitioner/<id>' in the record
    active        boolean not null default true,
    must_change   boolean not null default true,
    minutes_a_day integer not null default 300,
    preferences   jsonb not null default '{}'
);
create table door.staff_role (
    staff_id      integer not null references door.staff,
    role          text not null check (role in ('care_coordinator', 'nurse', 'supervisor', 'clinician', 'community_health_worker', 'administrator', 'auditor')),
    primary key (staff_id, role)
);
create table door.team (
    team_id       integer generated always as identity primary key,
    name          text not null unique,
    serves        text[]                         -- 'Organization/<id>' keys; null serves everyone
);
create table door.staff_team (
    staff_id      integer not null references door.staff,
    team_id       integer not null references door.team,
    primary key (staff_id, team_id)
);
create table door.panel (
    person_id     bigint not null,
    team_id       integer not null references door.team,
    staff_id      integer,                       -- the named worker, when there is one
    primary key (person_id, team_id)
);
create index panel_team on door.panel (team_id, person_id);
create table door.session (
    token_hash    bytea primary key,
    staff_id      integer not null references door.staff,
    began_at      timestamptz not null,
    last_seen_at  timestamptz not null,
    csrf          text not null,
    ended         boolean not null default false
);
create table door.sign_in_attempt (
    at            timestamptz not null,
    sign_in       text not null,
    source        text not null,
    ok            boolean not null
);
create index sign_in_attempt_at on door.sign_in_attempt (sign_in, at);
