-- When numbers become bookable, and the sealed draw.
create schema release;

create table release.plan (
  id uuid primary key,
  hospital_id uuid not null,
  healthcare_service_id uuid not null,
  version integer not null check (version > 0),
  method text not null check (method in ('order', 'draw')),
  effective_from date not null,
  -- Days before the clinic day on which numbers of the order method are released, and when.
  advance_days integer not null check (advance_days between 0 and 365),
  release_time time not null,
  same_day_share numeric not null default 0 check (same_day_share between 0 and 1),
  same_day_time time not null default '07:00',
  on_site_share numeric not null check (on_site_share between 0 and 1),
  on_site_time time not null default '07:00',
  on_site_zero_reason text,
  -- One draw a day a group, e.g. a speciality; a patient lists preferences within it.
  draw_group text not null check (draw_group ~ '^[A-Za-z0-9._-]{1,64}$'),
  draw_rhythm jsonb,
  created_by text not null,
  created_at timestamptz not null,
  constraint plan_version unique (healthcare_service_id, version),
  constraint plan_zero_on_site_has_reason check (on_site_share > 0 or on_site_zero_reason is not null),
  constraint plan_draw_has_rhythm check ((method = 'draw') = (draw_rhythm is not null))
);

-- Every session whose numbers exist, and how far its plan has carried it.
create table release.session_release (
  session_id uuid primary key,
  hospital_id uuid not null,
  healthcare_service_id uuid not null,
  service_date date not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  plan_id uuid references release.plan,
  method text check (method in ('order', 'draw')),
  -- Order: when online numbers are released. Draw: when the manifest is announced.
  online_at timestamptz,
  same_day_at timestamptz,
  on_site_at timestamptz,
  online_done_at timestamptz,
  same_day_done_at timestamptz,
  on_site_done_at timestamptz,
  -- Drawn clinics: from this hour what is free goes to the people who come in person.
  batch_until timestamptz,
  evening_done_at timestamptz,
  constraint session_release_planned check ((plan_id is null) = (method is null) and (plan_id is null) = (online_at is null))
);
create index session_release_service on release.session_release (healthcare_service_id, service_date);
create index session_release_online on release.session_release (online_at) where online_done_at is null;
create index session_release_same_day on release.session_release (same_day_at) where same_day_done_at is null;
create index session_release_evening on release.session_release (batch_until) where evening_done_at is null;
create index session_release_on_site on release.session_release (on_site_at) where on_site_done_at is null;

create table release.draw (
  id uuid primary key,
  hospital_id uuid not null,
  code text not null,
  number integer not null check (number > 0),
  draw_group text not null,
  state text not null check (state in ('announced', 'sealed', 'drawn', 'closed', 'burnt')),
  kind text not null check (kind in ('first', 'batch')),
  opens_at timestamptz not null,
  closes_at timestamptz not null,
  seal_by timestamptz not null,
  round bigint,
  round_at timestamptz not null,
  confirm_until timestamptz not null,
  manifest text not null,
  manifest_hash text not null,
  announced_event_id uuid not null,
  root text,
  seal text,
  entries integer,
  sealed_at timestamptz,
  sealed_event_id uuid,
  published_json text,
  seal_json text,
  beacon_json text,
  drawn_at timestamptz,
  closed_event_id uuid,
  closed_json text,
  version integer not null default 1,
  constraint draw_code unique (code),
  constraint draw_number unique (hospital_id, number),
  constraint draw_manifest unique (manifest_hash)
);
create index draw_state on release.draw (state, closes_at);

create table release.draw_session (
  draw_id uuid not null references release.draw,
  session_id uuid not null,
  primary key (draw_id, session_id)
);
create index draw_session_session on release.draw_session (session_id);

-- A place of the manifest and the number behind it.
create table release.draw_place (
  draw_id uuid not null references release.draw,
  place integer not null check (place >= 0),
  slot_id uuid not null,
  session_id uuid not null,
  -- Who returned this number before; neither gets it back in this batch.
  excluded_account_id uuid,
  excluded_patient_id uuid,
  primary key (draw_id, place),
  constraint draw_place_slot unique (draw_id, slot_id)
);

create table release.entry (
  draw_id uuid not null references release.draw,
  id text not null check (id ~ '^[0-9a-f]{64}$'),
  patient_id uuid not null,
  person_tag bytea not null,
  ordinal integer not null default 1,
  line text not null,
  sealed_nonce bytea not null,
  secret_hash text not null,
  receipt text not null,
  channel text not null,
  account_id uuid,
  device_key_id text,
  payer_reference text,
  phone_index bytea,
  entered_by text not null,
  entered_at timestamptz not null,
  withdrawn_at timestamptz,
  secret text,
  rank_key text,
  rank integer,
  place integer,
  appointment_id uuid,
  primary key (draw_id, id),
  constraint entry_withdrawn_shows_secret check ((withdrawn_at is null) = (secret is null))
);
-- One entry a person a draw.
create unique index entry_person on release.entry (draw_id, person_tag) where withdrawn_at is null;
create index entry_patient on release.entry (patient_id, draw_id);
create index entry_account on release.entry (account_id, draw_id) where account_id is not null;

create table release.beacon_round (
  chain text not null,
  round bigint not null,
  signature text not null,
  source text not null,
  received_at timestamptz not null,
  primary key (chain, round)
);

-- What happened to places after the draw: the chained log.jsonl of the bundle.
create table release.draw_log (
  draw_id uuid not null references release.draw,
  n integer not null check (n > 0),
  line text not null,
  place integer,
  entry_id text,
  kind text not null,
  at timestamptz not null,
  primary key (draw_id, n)
);

-- A drawn visit was cancelled: the chained log learns of it when it can no longer be undone.
create table release.pending_cancel (
  draw_id uuid not null,
  entry_id text not null,
  place integer not null,
  due_at timestamptz not null,
  primary key (draw_id, entry_id)
);
