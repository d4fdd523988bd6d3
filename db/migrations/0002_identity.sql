-- Who people are: accounts, persons in care, staff, and their sessions.
create schema identity;

create table identity.account (
  id uuid primary key,
  sealed_phone bytea not null,
  phone_index bytea not null,
  -- 长辈版: large type, and no challenge is asked.
  elder_mode boolean not null default false,
  created_at timestamptz not null,
  constraint account_phone unique (phone_index)
);

-- A Patient is a person in care, one row a person however many accounts may act for them.
create table identity.patient (
  id uuid primary key,
  sealed_name bytea not null,
  document_type text not null,
  sealed_document_number bytea not null,
  document_index bytea not null,
  birth_date date,
  sex text not null default 'unknown' check (sex in ('male', 'female', 'unknown')),
  sealed_phone bytea,
  phone_index bytea,
  guardian_patient_id uuid references identity.patient,
  check_result text not null
    check (check_result in ('match', 'mismatch', 'unknown', 'unavailable', 'counter', 'migrated')),
  check_source text not null,
  check_reference text not null default '',
  checked_at timestamptz not null,
  version integer not null default 1,
  created_at timestamptz not null,
  -- The index covers kind and number; identity card and household register carry one citizen's
  -- number and count as one kind, so a person cannot be registered twice under both.
  constraint patient_document unique (document_index)
);
create index patient_phone on identity.patient (phone_index) where phone_index is not null;

-- RelatedPerson: which account may act for which patient, and as what.
create table identity.related_person (
  account_id uuid not null references identity.account,
  patient_id uuid not null references identity.patient,
  relation text not null check (relation in ('self', 'child', 'parent', 'spouse', 'other')),
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (account_id, patient_id, created_at)
);
create unique index related_person_active on identity.related_person (account_id, patient_id)
  where ended_at is null;
create unique index related_person_self on identity.related_person (account_id)
  where ended_at is null and relation = 'self';
create index related_person_patient on identity.related_person (patient_id) where ended_at is null;

create table identity.sign_in_code (
  id uuid primary key,
  phone_index bytea not null,
  -- A keyed hash of the client's network, because an address is personal data too.
  network text not null,
  code_hash bytea not null,
  tries_left integer not null check (tries_left >= 0),
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null
);
create index sign_in_code_phone on identity.sign_in_code (phone_index, created_at);
create index sign_in_code_network on identity.sign_in_code (network, created_at);

-- Every real-name check an account asks for; a daily limit keeps it from trying out names.
create table identity.real_name_attempt (
  id uuid primary key,
  account_id uuid not null references identity.account,
  created_at timestamptz not null
);
create index real_name_attempt_account on identity.real_name_attempt (account_id, created_at);

create table identity.staff (
  id uuid primary key,
  hospital_id uuid,
  username text not null,
  display_name text not null,
  password_hash text not null,
  roles text[] not null check (cardinality(roles) > 0),
  failures integer not null default 0,
  locked_until timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  disabled_at timestamptz,
  constraint staff_username unique (username)
);

create table identity.session (
  id uuid primary key,
  account_id uuid references identity.account,
  staff_id uuid references identity.staff,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  user_agent text not null default '',
  constraint session_one_owner check (num_nonnulls(account_id, staff_id) = 1)
);
create index session_staff on identity.session (staff_id)
  where staff_id is not null and ended_at is null;

create table identity.setup_code (
  only_row boolean primary key default true check (only_row),
  code_hash bytea not null,
  tries_left integer not null check (tries_left >= 0),
  created_at timestamptz not null
);

-- Messages leave through this box; the demo shows it on a page instead of sending them.
create table identity.outbox_message (
  -- A notice has the key it was sent under, so that a repeat arrives once.
  id uuid primary key,
  channel text not null,
  purpose text not null check (purpose in ('code', 'notice')),
  sealed_to bytea not null,
  sealed_text bytea not null,
  created_at timestamptz not null
);
create index outbox_message_time on identity.outbox_message (purpose, created_at desc, id desc);
