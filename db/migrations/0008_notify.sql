-- What patients are told: notices in the site, and short messages to phones.
create schema notify;

-- One row a patient and piece of news. Whoever acts for the patient sees it; its words are sealed,
-- because they name a clinic.
create table notify.notice (
  id uuid primary key,
  -- The event it tells of; null hospital only where the event has none.
  event_id uuid not null,
  hospital_id uuid,
  patient_id uuid not null,
  kind text not null check (kind in ('placed', 'placed_return', 'unplaced', 'excluded', 'displaced',
    'offer', 'wish_asked', 'wish_ended', 'lapsed', 'stopped')),
  -- News that two events tell (a stop, by release and by booking) has one matter and is told once.
  matter text not null,
  sealed_title bytea not null,
  sealed_text bytea not null,
  link text,
  -- How many accounts acted for the patient when it was written.
  accounts integer not null check (accounts >= 0),
  created_at timestamptz not null,
  constraint notice_event unique (event_id),
  constraint notice_matter unique (patient_id, matter)
);
create index notice_patient on notify.notice (patient_id, id desc);

-- Which account has read which notice.
create table notify.notice_read (
  account_id uuid not null,
  notice_id uuid not null references notify.notice,
  read_at timestamptz not null,
  primary key (account_id, notice_id)
);

-- A short message on its way; the id is the key the gateway knows a repeat by.
create table notify.sms_message (
  id uuid primary key,
  notice_id uuid not null references notify.notice,
  phone_index bytea not null,
  sealed_to bytea not null,
  sealed_text bytea not null,
  state text not null check (state in ('queued', 'waiting_for_morning', 'sent', 'failed')),
  -- When it may be tried next; while a try is under way, when it is taken for lost.
  due_at timestamptz not null,
  -- After this instant it would mislead: the hour to confirm by has passed.
  expires_at timestamptz,
  tries integer not null default 0 check (tries >= 0),
  failure text,
  sent_at timestamptz,
  created_at timestamptz not null,
  constraint sms_message_once unique (notice_id, phone_index),
  constraint sms_message_sent check ((state = 'sent') = (sent_at is not null)),
  constraint sms_message_failed check (state <> 'failed' or failure is not null)
);
-- Those with an hour to confirm by go first.
create index sms_message_due on notify.sms_message (state, expires_at, due_at, id)
  where state in ('queued', 'waiting_for_morning');

-- Accounts that chose; without a row results come by short message.
create table notify.sms_choice (
  account_id uuid primary key,
  wanted boolean not null,
  changed_at timestamptz not null
);

-- News that reached nobody by itself: no account, and no short message that arrived or may still.
create view notify.unreachable_message as
select n.id as notice_id, n.hospital_id, n.patient_id, n.kind, n.created_at
from notify.notice n
where n.accounts = 0 and not exists (
  select from notify.sms_message m where m.notice_id = n.id and m.state <> 'failed');
