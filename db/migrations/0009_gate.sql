-- The gate (排队闸口). Nothing here grows with the people who wait.
create schema gate;

-- One row a release moment of a hospital. Its numbers and marks are kept over a restart.
create table gate.room (
  id uuid primary key,
  hospital_id uuid not null,
  opens_at timestamptz not null,
  state text not null default 'announced' check (state in ('announced', 'open', 'closed')),
  -- Sealed until it is revealed at opening; its hash is logged before.
  sealed_release_key bytea not null,
  release_key_sha256 bytea not null check (length(release_key_sha256) = 32),
  announced_at timestamptz not null,
  opened_at timestamptz,
  closed_at timestamptz,
  -- People with an early place, fixed at opening.
  early_count integer not null default 0 check (early_count >= 0),
  -- Late numbers up to here were given to some server as a block; what it did not use is skipped.
  late_reserved bigint not null default 0,
  -- The highest late number handed out, and how far each mark has moved.
  late_issued bigint not null default 0,
  late_up_to bigint not null default 0,
  early_up_to text not null default '0000000000000000' check (early_up_to ~ '^[0-9a-f]{16}$'),
  advanced_at timestamptz not null,
  version integer not null default 1,
  constraint room_moment unique (hospital_id, opens_at),
  constraint room_late_marks check (late_up_to <= late_issued and late_issued <= late_reserved),
  constraint room_opened check ((state = 'announced') = (opened_at is null)),
  constraint room_closed check ((state = 'closed') = (closed_at is not null))
);
create index room_active on gate.room (opens_at) where state <> 'closed';

-- The sketch of who drew an early place: 32 pages a room however many people, deleted at closing.
create table gate.early_page (
  room_id uuid not null references gate.room,
  page smallint not null check (page between 0 and 31),
  bits bytea not null check (length(bits) = 8192),
  primary key (room_id, page)
);

-- The place of a patient who came after the opening: asking again, from whichever browser, finds the
-- same. Read by nobody who waits, and deleted at closing.
create table gate.late_place (
  room_id uuid not null references gate.room,
  patient_id uuid not null,
  number bigint not null check (number > 0),
  primary key (room_id, patient_id),
  constraint late_place_number unique (room_id, number)
);

-- A patient whose queue was slowed: what an appeal names. The rule is never shown.
create table gate.slow_case (
  id uuid primary key,
  room_id uuid not null references gate.room,
  account_id uuid not null,
  patient_id uuid not null,
  extra_s integer not null check (extra_s between 1 and 60),
  opened_at timestamptz not null,
  sealed_appeal bytea,
  appealed_at timestamptz,
  -- A person's answer to the appeal.
  upheld boolean,
  sealed_answer bytea,
  answered_by text,
  answered_at timestamptz,
  version integer not null default 1,
  constraint slow_case_once unique (room_id, account_id, patient_id),
  constraint slow_case_appealed check ((appealed_at is null) = (sealed_appeal is null)),
  constraint slow_case_answered check (num_nonnulls(upheld, sealed_answer, answered_by, answered_at) in (0, 4)),
  constraint slow_case_answers_an_appeal check (answered_at is null or appealed_at is not null)
);
create index slow_case_waiting on gate.slow_case (appealed_at) where appealed_at is not null and answered_at is null;
create index slow_case_account on gate.slow_case (account_id, opened_at);

-- What each server's clients lately spent of their limits, so that several servers allow no more than
-- one: a row a server and second with something to tell, of keys by a keyed hash, deleted after a
-- minute. A crash loses a minute of it, which harms nobody: hence unlogged.
create unlogged table gate.spending (
  server_id uuid not null,
  number bigint not null,
  at timestamptz not null,
  -- 13 bytes a key: which limit, which key, how many units.
  spent bytea not null check (length(spent) % 13 = 0),
  primary key (server_id, number)
);
