-- +goose Up

-- People and their sessions.

create table people (
    id            bigint generated always as identity primary key,
    email         text not null check (length(email) <= 254),
    name          text not null check (length(name) between 1 and 200),
    password_hash text not null,
    profession    text not null default '',
    language      text not null default 'fr',
    roles         text[] not null default '{learner}'
                  check (roles <@ array['learner', 'trainer', 'coordinator', 'administrator']),
    created_at    timestamptz not null,
    suspended_at  timestamptz
);
create unique index people_email on people (lower(email));

create table sessions (
    token_hash bytea primary key,
    person_id  bigint not null references people on delete cascade,
    created_at timestamptz not null,
    seen_at    timestamptz not null,
    expires_at timestamptz not null
);
create index sessions_person on sessions (person_id);
create index sessions_expiry on sessions (expires_at);

-- Wrong passwords, by a hash of the address typed: known and unknown addresses alike.
create table sign_in_failures (
    account_hash bytea not null,
    at           timestamptz not null
);
create index sign_in_failures_account on sign_in_failures (account_hash, at);

-- Courses. A version is frozen: nothing here is ever updated. The document is text, not jsonb,
-- because its bytes are what the checksum is of.

create table courses (
    id         bigint generated always as identity primary key,
    slug       text not null unique,
    created_at timestamptz not null
);

create table course_versions (
    course_id    bigint not null references courses,
    number       int not null check (number > 0),
    sha256       text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    document     text not null,
    published_at timestamptz not null,
    published_by bigint references people,
    primary key (course_id, number)
);

create table media (
    sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
    type   text not null,
    bytes  bytea not null
);

-- A learner in a course. A cycle is one period of certification; everything earned names its cycle.

create table enrolments (
    id               bigint generated always as identity primary key,
    person_id        bigint not null references people,
    course_id        bigint not null references courses,
    version          int not null,
    cycle            int not null default 1 check (cycle > 0),
    progress         smallint not null default 0 check (progress between 0 and 100), -- percent of what completion asks for
    enrolled_at      timestamptz not null,
    last_activity_at timestamptz not null,
    unique (person_id, course_id),
    foreign key (course_id, version) references course_versions (course_id, number)
);
create index enrolments_course on enrolments (course_id, id);

create table readings (
    enrolment_id bigint not null references enrolments on delete cascade,
    cycle        int not null,
    step         text not null,
    read_at      timestamptz not null,
    primary key (enrolment_id, cycle, step)
);

-- An attempt keeps the version it was asked from and the questions it asked, so that it can be
-- marked on its own for ever.
create table attempts (
    id           bigint generated always as identity primary key,
    enrolment_id bigint not null references enrolments on delete cascade,
    cycle        int not null,
    version      int not null,
    step         text not null,
    number       int not null check (number > 0),
    questions    text[] not null,
    started_at   timestamptz not null,
    submitted_at timestamptz,
    score        numeric(7, 4) check (score between 0 and 100),
    passed       boolean,
    unique (enrolment_id, cycle, step, number),
    check ((submitted_at is null) = (score is null)),
    check ((submitted_at is null) = (passed is null))
);
create unique index attempts_one_open on attempts (enrolment_id, cycle, step) where submitted_at is null;

create table answers (
    attempt_id bigint not null references attempts on delete cascade,
    question   text not null,
    given      json not null,
    sequence   bigint not null,
    saved_at   timestamptz not null,
    points     double precision check (points between 0 and 1),
    primary key (attempt_id, question)
);

create table completions (
    enrolment_id bigint not null references enrolments on delete cascade,
    cycle        int not null,
    score        numeric(7, 4),
    completed_at timestamptz not null,
    primary key (enrolment_id, cycle)
);

-- The proof. The snapshot is every printed field, the PDF is kept as issued.
create sequence certificate_number;

create table certificates (
    id           bigint generated always as identity primary key,
    enrolment_id bigint not null references enrolments,
    cycle        int not null,
    person_id    bigint not null references people,
    number       text not null unique,
    code         text not null unique,
    snapshot     json not null,
    pdf          bytea not null,
    sha256       text not null,
    issued_at    timestamptz not null,
    unique (enrolment_id, cycle)
);
create index certificates_person on certificates (person_id);

-- Letters wait here and are sent by a task; each (kind, ref) is written once.
create table outbox (
    id         bigint generated always as identity primary key,
    kind       text not null,
    ref        text not null,
    recipient  text not null,
    subject    text not null,
    body       text not null,
    queued_at  timestamptz not null,
    next_try   timestamptz not null,
    tries      int not null default 0,
    last_error text not null default '',
    sent_at    timestamptz,
    unique (kind, ref)
);
create index outbox_waiting on outbox (next_try) where sent_at is null;

-- What was done, by whom, to what. Only ever added to.
create table audit (
    id      bigint generated always as identity primary key,
    at      timestamptz not null,
    actor   bigint references people,
    action  text not null,
    subject text not null,
    detail  json not null default '{}'
);
create index audit_subject on audit (subject);
