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
  -- Seals and ranks those who ask for a number given out in order, and gives nothing out.
  shadow boolean not null default false,
  -- Who may enter, and what the manifest offers beyond equal weights; all off by default.
  draw_rules jsonb not null default '{}',
  created_by text not null,
  created_at timestamptz not null,
  constraint plan_version unique (healthcare_service_id, version),
  constraint plan_zero_on_site_has_reason check (on_site_share > 0 or on_site_zero_reason is not null),
  constraint plan_draw_has_rhythm check ((method = 'draw' or shadow) = (draw_rhythm is not null)),
  constraint plan_shadow_in_order check (not shadow or method = 'order')
);

-- A change of a clinic's plan that waits for a second person.
create table release.plan_proposal (
  id uuid primary key,
  hospital_id uuid not null,
  healthcare_service_id uuid not null,
  draft jsonb not null,
  reason text,
  state text not null default 'proposed' check (state in ('proposed', 'approved', 'refused')),
  proposed_by text not null,
  proposed_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  constraint plan_proposal_two_people check (decided_by is distinct from proposed_by),
  constraint plan_proposal_decided check ((state = 'proposed') = (decided_by is null))
);
create unique index plan_proposal_open on release.plan_proposal (healthcare_service_id) where state = 'proposed';

-- Clinics that sold out too fast, proposed for the draw once a month; a person decides.
create table release.recommendation (
  id uuid primary key,
  hospital_id uuid not null,
  healthcare_service_id uuid not null,
  month date not null,
  -- Of the last five sessions, how many sold out in under ten minutes, and the fastest in seconds.
  fast_sessions integer not null,
  fastest_s integer not null,
  state text not null default 'proposed' check (state in ('proposed', 'taken', 'declined')),
  decided_by text,
  decided_at timestamptz,
  constraint recommendation_month unique (healthcare_service_id, month)
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
  kind text not null check (kind in ('first', 'batch', 'shadow')),
  opens_at timestamptz not null,
  closes_at timestamptz not null,
  seal_by timestamptz not null,
  round bigint,
  round_at timestamptz not null,
  confirm_until timestamptz not null,
  manifest text not null,
  manifest_hash text not null,
  -- The plan's rules for draws as they stood when the manifest was published.
  rules jsonb not null default '{}',
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
  -- The return with which a number of another pool joined the draw; null for the manifest's places.
  joined integer check (joined > 0),
  primary key (draw_id, place),
  constraint draw_place_slot unique (draw_id, slot_id)
);
create index draw_place_of_slot on release.draw_place (slot_id);

-- Return draws (D8): the times are the manifest's; the rest is known as they pass.
create table release.draw_return (
  draw_id uuid not null references release.draw,
  n integer not null check (n > 0),
  closes_at timestamptz not null,
  round bigint,
  round_at timestamptz not null,
  confirm_until timestamptz not null,
  -- Days between this return's result and the clinic day: entries that need more notice leave before.
  notice_days integer not null,
  state text not null default 'waiting' check (state in ('waiting', 'empty', 'sealed', 'drawn', 'missed')),
  returns_jsonl text,
  returns_hash text,
  sealed_at timestamptz,
  sealed_event_id uuid,
  seal_json text,
  beacon_json text,
  drawn_at timestamptz,
  version integer not null default 0,
  primary key (draw_id, n),
  constraint draw_return_sealed check (state not in ('sealed', 'drawn') or returns_jsonl is not null)
);
create index draw_return_due on release.draw_return (closes_at) where state in ('waiting', 'sealed');

-- Who was ranked in a return, and what they got.
create table release.return_rank (
  draw_id uuid not null,
  n integer not null,
  rank integer not null,
  entry_id text not null,
  rank_key text not null,
  place integer,
  primary key (draw_id, n, rank),
  foreign key (draw_id, n) references release.draw_return
);

-- A standing wish (长期登记): enters each draw of its group by itself until it wins or ends.
create table release.wish (
  id uuid primary key,
  hospital_id uuid not null,
  draw_group text not null,
  patient_id uuid not null,
  -- Clinics in the patient's order, then perhaps every other clinic of the group.
  healthcare_service_ids uuid[] not null check (cardinality(healthcare_service_ids) <= 10),
  any_service boolean not null default false,
  from_date date not null,
  to_date date not null check (to_date >= from_date),
  notice_days integer not null default 2 check (notice_days between 0 and 30),
  sealed_secret bytea not null,
  channel text not null,
  account_id uuid,
  device_key_id text,
  payer_reference text,
  phone_index bytea,
  is_family boolean not null default false,
  entered_by text not null,
  created_at timestamptz not null,
  -- Draws it has passed without a place since it was made or renewed.
  draws_passed integer not null default 0,
  state text not null default 'active' check (state in ('active', 'asked', 'won', 'withdrawn', 'expired')),
  version integer not null default 1,
  constraint wish_names_something check (any_service or cardinality(healthcare_service_ids) > 0)
);
create unique index wish_person on release.wish (patient_id, draw_group) where state in ('active', 'asked');
create index wish_group on release.wish (hospital_id, draw_group) where state = 'active';

create table release.entry (
  draw_id uuid not null references release.draw,
  id text not null check (id ~ '^[0-9a-f]{64}$'),
  patient_id uuid not null,
  person_tag bytea not null,
  ordinal integer not null default 1,
  line text not null,
  -- Destroyed 90 days after the clinic.
  sealed_nonce bytea,
  secret_hash text not null,
  receipt text not null,
  channel text not null,
  account_id uuid,
  device_key_id text,
  payer_reference text,
  phone_index bytea,
  entered_by text not null,
  entered_at timestamptz not null,
  -- The account's holder, spouse, parent or child by declaration: never part of a cluster with others so.
  is_family boolean not null default false,
  wish_id uuid references release.wish,
  -- The entry of a burnt draw that this one continues.
  carried_from text,
  -- The entry that counts, where one person entered under two records that were merged.
  twin_of text,
  notice_days integer not null default 2,
  -- Draws of the group lost since the last win, as they stood when the receipt was issued.
  losses integer not null default 0,
  -- Class rules the person satisfied then, whether or not the manifest offered the class.
  traits text[] not null default '{}',
  version integer not null default 1,
  withdrawn_at timestamptz,
  secret text,
  rank_key text,
  rank integer,
  place integer,
  return_n integer,
  return_place integer,
  -- Left the standby pool after the draw (log event `withdraw`).
  left_at timestamptz,
  -- The current visit; with `appointment_id` null a placed entry has none (any more).
  appointment_id uuid,
  primary key (draw_id, id),
  constraint entry_wish unique (draw_id, wish_id),
  constraint entry_return check ((return_n is null) = (return_place is null)),
  constraint entry_one_place check (place is null or return_place is null),
  constraint entry_withdrawn_shows_secret check ((withdrawn_at is null) = (secret is null))
) with (fillfactor = 60);
-- One entry a person a draw.
create unique index entry_person on release.entry (draw_id, person_tag) where withdrawn_at is null;
create index entry_patient on release.entry (patient_id, draw_id);
-- Also after two records became one, whose tags differ.
create unique index entry_patient_once on release.entry (draw_id, patient_id)
  where withdrawn_at is null and twin_of is null;
create index entry_account on release.entry (account_id, draw_id) where account_id is not null;
-- By receipt, by visit (every step of every visit asks) and by wish, across all draws.
create index entry_receipt on release.entry (id);
create index entry_visit on release.entry (appointment_id) where appointment_id is not null;
create index entry_of_wish on release.entry (wish_id) where wish_id is not null;

-- Draws that a standing wish was looked at for and does not fit.
create table release.wish_pass (
  draw_id uuid not null references release.draw,
  wish_id uuid not null references release.wish,
  primary key (draw_id, wish_id)
);

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

-- A visit on a drawn place was cancelled: the chained log learns of it when it can no longer be undone.
create table release.pending_cancel (
  draw_id uuid not null,
  place integer not null,
  entry_id text,
  due_at timestamptz not null,
  primary key (draw_id, place)
);

-- Dice in the hall are typed by two people (n 0: the draw, else the return).
create table release.dice_throw (
  draw_id uuid not null references release.draw,
  n integer not null check (n >= 0),
  typed_by text not null,
  throws text not null check (throws ~ '^[1-6]{50,}$'),
  typed_at timestamptz not null,
  primary key (draw_id, n, typed_by)
);

-- Whom a stop (停诊) displaced from a drawn place, in rank order, and what they were offered.
create table release.displaced (
  id uuid primary key,
  hospital_id uuid not null,
  draw_id uuid not null references release.draw,
  entry_id text not null,
  place integer not null,
  patient_id uuid not null,
  session_id uuid not null,
  healthcare_service_id uuid not null,
  service_date date not null,
  rank integer not null,
  stopped_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'offered', 'taken', 'refunded', 'ended')),
  offered_session_id uuid,
  offered_appointment_id uuid,
  version integer not null default 0,
  constraint displaced_once unique (draw_id, entry_id, place)
);
create index displaced_waiting on release.displaced (hospital_id, healthcare_service_id) where state = 'waiting';
create index displaced_appointment on release.displaced (offered_appointment_id) where offered_appointment_id is not null;

-- 资料预审: a clinician accepts the uploaded record within one working day.
create table release.pre_review (
  id uuid primary key,
  hospital_id uuid not null,
  draw_group text not null,
  patient_id uuid not null,
  sealed_record bytea not null,
  submitted_by text not null,
  submitted_at timestamptz not null,
  due_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'accepted', 'refused', 'appealed')),
  decided_by text,
  decided_at timestamptz,
  reason text,
  other_service_id uuid,
  sealed_appeal bytea,
  version integer not null default 1,
  constraint pre_review_refusal check (state <> 'refused' or (reason is not null and other_service_id is not null))
);
create unique index pre_review_open on release.pre_review (patient_id, draw_group) where state in ('waiting', 'appealed');
create index pre_review_patient on release.pre_review (patient_id, draw_group, decided_at);
