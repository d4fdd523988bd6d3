-- What patients are told: notices in the site, and messages to phones, WeChat and e-mail.
create schema notify;

-- One row a patient and piece of news. Whoever acts for the patient sees it; its words are sealed,
-- because they name a clinic.
create table notify.notice (
  id uuid primary key,
  -- The event it tells of, or an id made of the matter where the clock tells; null hospital only
  -- where the event has none.
  event_id uuid not null,
  hospital_id uuid,
  patient_id uuid not null,
  -- One of the kinds of kinds.ts.
  kind text not null check (kind ~ '^[a-z_]+$'),
  -- News that two events tell (a stop, by release and by booking) has one matter and is told once.
  matter text not null,
  -- The visit it is about, so that a later notice of it can end this one.
  appointment_id uuid,
  sealed_title bytea not null,
  sealed_text bytea not null,
  link text,
  -- How many accounts acted for the patient when it was written.
  accounts integer not null check (accounts >= 0),
  -- After this instant there is nothing left to do about it.
  expires_at timestamptz,
  -- Somebody must hear of it: when every way fails, the hospital calls.
  must_reach boolean not null default false,
  -- Overtaken by later news of the same visit: shown no more.
  over_at timestamptz,
  created_at timestamptz not null,
  constraint notice_event unique (event_id, patient_id),
  constraint notice_matter unique (patient_id, matter)
);
create index notice_patient on notify.notice (patient_id, id desc);
create index notice_visit on notify.notice (appointment_id) where kind = 'to_pay' and over_at is null;
create index notice_must_reach on notify.notice (hospital_id, created_at) where must_reach;

-- Which account has read which notice.
create table notify.notice_read (
  account_id uuid not null,
  notice_id uuid not null references notify.notice,
  read_at timestamptz not null,
  primary key (account_id, notice_id)
);
create index notice_read_notice on notify.notice_read (notice_id);

-- A message on its way; the id is the key the gateway knows a repeat by.
create table notify.message (
  id uuid primary key,
  notice_id uuid not null references notify.notice,
  channel text not null check (channel in ('sms', 'wechat', 'email')),
  -- Keyed index of the phone, the WeChat user or the address.
  to_index bytea not null,
  sealed_to bytea not null,
  -- JSON: the words, and what a gateway with templates needs.
  sealed_body bytea not null,
  state text not null check (state in ('queued', 'waiting_for_morning', 'sent', 'failed')),
  -- Goes out at night too: the clinic begins before the morning's messages would help.
  urgent boolean not null default false,
  -- Rings a phone, so it waits for the morning unless it is urgent.
  rings boolean not null default true,
  -- When it may be tried next; while a try is under way, when it is taken for lost.
  due_at timestamptz not null,
  -- After this instant it would mislead: the hour to confirm by has passed.
  expires_at timestamptz,
  tries integer not null default 0 check (tries >= 0),
  failure text,
  sent_at timestamptz,
  created_at timestamptz not null,
  constraint message_once unique (notice_id, channel, to_index),
  constraint message_sent check ((state = 'sent') = (sent_at is not null)),
  constraint message_failed check (state <> 'failed' or failure is not null),
  constraint message_urgent check (not (urgent and state = 'waiting_for_morning'))
);
-- Those with an hour to confirm by go first.
create index message_due on notify.message (state, expires_at, due_at, id)
  where state in ('queued', 'waiting_for_morning');

-- What accounts chose; without a row a channel that the account has is used.
create table notify.channel_choice (
  account_id uuid not null,
  channel text not null check (channel in ('sms', 'wechat', 'email')),
  wanted boolean not null,
  changed_at timestamptz not null,
  primary key (account_id, channel)
);

-- Where an account is reached besides its phone: its WeChat user, its e-mail address.
create table notify.contact (
  account_id uuid not null,
  channel text not null check (channel in ('wechat', 'email')),
  sealed_to bytea not null,
  to_index bytea not null,
  -- An address counts once its owner typed in the code that was sent there.
  confirmed_at timestamptz,
  code_index bytea,
  code_until timestamptz,
  code_tries integer not null default 0 check (code_tries between 0 and 5),
  created_at timestamptz not null,
  primary key (account_id, channel),
  constraint contact_code check ((code_index is null) = (code_until is null)),
  constraint contact_proven check (confirmed_at is not null or code_index is not null)
);

-- 订阅: one tap allows one message of a template; a message takes its grant when it is queued.
create table notify.wechat_grant (
  account_id uuid not null,
  template text not null,
  granted integer not null check (granted >= 0),
  used integer not null default 0,
  primary key (account_id, template),
  constraint wechat_grant_used check (used between 0 and granted)
);

-- How far work that the clock starts has come; work and progress commit together.
create table notify.clock_run (
  job text primary key,
  reached timestamptz not null
);

-- Calls to people whom no message reached.
create table notify.notice_call (
  id uuid primary key,
  notice_id uuid not null references notify.notice,
  nth integer not null check (nth > 0),
  outcome text not null check (outcome in ('reached', 'no_answer', 'wrong_number', 'no_phone')),
  called_by text not null,
  called_at timestamptz not null,
  constraint notice_call_nth unique (notice_id, nth)
);

-- News that reached nobody by itself: no account, and no message that arrived or may still.
create view notify.unreachable_message as
select n.id as notice_id, n.hospital_id, n.patient_id, n.kind, n.created_at
from notify.notice n
where n.accounts = 0 and not exists (
  select from notify.message m where m.notice_id = n.id and m.state <> 'failed');
