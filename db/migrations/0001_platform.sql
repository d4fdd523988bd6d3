-- What every module stands on: events, cursors, idempotent answers, person keys.
create schema platform;

create table platform.event (
  tx xid8 not null default pg_current_xact_id(),
  id uuid primary key,
  hospital_id uuid,
  name text not null,
  -- What the event is about, e.g. slot:0190…; version counts that subject's events from 1.
  subject text not null,
  version integer not null check (version > 0),
  -- The person an event speaks of; its log leaf is then salted under that person's key.
  person_id uuid,
  actor text not null,
  payload jsonb not null,
  occurred_at timestamptz not null,
  constraint event_subject_version unique (subject, version)
);
create index event_order on platform.event (tx, id);

create function platform.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger event_append_only before update or delete on platform.event
  for each row execute function platform.refuse_change();

create table platform.subscription (
  name text primary key,
  tx xid8 not null default '0',
  id uuid not null default '00000000-0000-0000-0000-000000000000',
  failures integer not null default 0
);

create table platform.parked_event (
  subscription text not null,
  event_id uuid not null,
  error text not null,
  parked_at timestamptz not null,
  primary key (subscription, event_id)
);

create table platform.idempotency (
  scope text not null,
  key text not null,
  fingerprint text not null,
  answer jsonb not null,
  created_at timestamptz not null,
  primary key (scope, key)
);

create table platform.setting (
  name text primary key,
  value jsonb not null
);

-- The keys of sealed fields, each wrapped under the root secret, which no backup of this database
-- holds. One is active; others open what they sealed until nothing is left under them.
create table platform.field_key (
  id text primary key check (id ~ '^[a-z0-9._-]{1,32}$'),
  -- Destroyed a day after the key was retired.
  wrapped_key bytea,
  state text not null check (state in ('announced', 'active', 'open', 'retired', 'destroyed')),
  created_at timestamptz not null,
  retired_at timestamptz,
  constraint field_key_kept check ((state = 'destroyed') = (wrapped_key is null)),
  constraint field_key_retired check ((state in ('retired', 'destroyed')) = (retired_at is not null))
);
create unique index field_key_active on platform.field_key ((true)) where state = 'active';

-- What each running server knows of the keys, so that none is left behind by a change.
create table platform.field_key_server (
  server_id uuid primary key,
  algorithm text not null,
  active_key_id text not null,
  known_key_ids text[] not null,
  seen_at timestamptz not null
);
