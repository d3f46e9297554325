-- What the engine answered at its last look: findings, obligations, roles, proposals, wakes, cursors.
create table think.cursor (
    stage         text primary key,
    commit_no     bigint not null
);

-- Who belongs? One row per person, care model and rule.
create table think.finding (
    person_id     bigint not null,
    model         text not null,
    version       text not null,
    rule          text not null default 'eligible',
    answer        text not null check (answer in ('met', 'not_met', 'unknown')),
    criteria      jsonb not null,      -- [{"id","answer","missing":[..],"evidence":[..keys]}]
    deciding      text[] not null,     -- criteria that settle an unknown, or fail a not_met
    since         timestamptz not null,
    primary key (person_id, model, rule)
);
create index finding_model on think.finding (model, answer);

-- Who serves? One row per person, care model and role; member null when the role is empty.
create table think.role (
    person_id     bigint not null,
    model         text not null,
    role          text not null,
    member        text,
    found_in      text,
    required      boolean not null,
    is_lead       boolean not null default false
);
create index role_person on think.role (person_id);

-- What is owed? One row per obligation, by its deterministic key.
create table think.obligation (
    obligation_key text collate "C" primary key,   -- model|step|anchor_key|occurrence|person_id
    person_id     bigint not null,
    model         text not null,
    version       text not null,
    step          text not null,
    anchor_key    text not null,
    occurrence    integer not null default 0,
    activity      text not null,
    about         text not null,
    roles         text[] not null,
    escalates_to  text,
    opens_at      timestamptz,
    due_at        timestamptz,
    due_precision text not null default 'day',   -- 'day' or 'minute'
    warn_at       timestamptz,
    status        text not null check (status in ('future', 'open', 'met', 'late', 'breached', 'cancelled', 'paused', 'unknown')),
    resolved_at   timestamptz,
    resolved_by   text,
    reason        text not null default '',      -- why cancelled, paused or unknown
    done_count    integer not null default 0,
    needs         integer not null default 1
);
create index obligation_person on think.obligation (person_id);
create index obligation_model on think.obligation (model, status);

-- What should stand in the plan? Goals and activities each care model proposes for a person now.
create table think.proposal (
    person_id     bigint not null,
    model         text not null,
    kind          text not null check (kind in ('goal', 'activity')),
    id            text not null,
    about         text not null default ''
);
create index proposal_person on think.proposal (person_id);

-- When time alone will change an answer.
create table think.wake (
    person_id     bigint primary key,
    looks_again_at timestamptz not null
);
create index wake_at on think.wake (looks_again_at);
