-- The link to a hospital's own system (HIS), where that is the master of numbers.
create schema his;

-- The last state of a HIS schedule that was applied; an older answer never overwrites a newer one.
create table his.schedule (
  hospital_id uuid not null,
  schedule_id text not null,
  session_id uuid not null,
  revision bigint not null default 0,
  applied_at timestamptz,
  primary key (hospital_id, schedule_id)
);

-- What the HIS should know of a booking of ours, and what it is known to know.
create table his.booking_order (
  hospital_id uuid not null,
  appointment_id uuid not null,
  number_id text not null,
  wanted text not null check (wanted in ('confirmed', 'cancelled')),
  known text not null default 'cancelled' check (known in ('confirmed', 'cancelled', 'unknown', 'refused')),
  -- The version of the number's event that decided `wanted`.
  version integer not null,
  tries integer not null default 0,
  next_at timestamptz not null,
  error text,
  primary key (appointment_id, number_id)
);
create index booking_order_due on his.booking_order (hospital_id, next_at) where wanted <> known and known <> 'refused';
create index booking_order_number on his.booking_order (number_id, version);

-- What people must sort out: nothing is cancelled silently.
create table his.work_item (
  id uuid primary key,
  hospital_id uuid not null,
  kind text not null check (kind in
    ('taken-back-but-booked', 'order-refused', 'bill-unknown-person', 'bill-changed-in-payment')),
  number_id text not null,
  appointment_id uuid,
  reason text not null,
  created_at timestamptz not null,
  closed_at timestamptz
);
create unique index work_item_open on his.work_item (hospital_id, kind, number_id, appointment_id)
  nulls not distinct where closed_at is null;

-- How far the exchange of bills and money has come.
create table his.money_state (
  hospital_id uuid primary key,
  -- The HIS's own count of changed bills.
  bill_cursor bigint not null default 0,
  told_until timestamptz not null default 'epoch'
);
-- Payments and refunds that the HIS was told, by order and refund number.
create table his.money_told (
  hospital_id uuid not null,
  name text not null,
  told_at timestamptz not null,
  primary key (hospital_id, name)
);
create index money_told_old on his.money_told (told_at);
