-- What is left: the numbers (号), who holds them, and what became of each visit.
create schema booking;

-- Booking's own record of a session; its row is the lock under which its numbers change hands.
create table booking.session_stock (
  session_id uuid primary key,
  hospital_id uuid not null,
  healthcare_service_id uuid not null,
  practitioner_id uuid,
  service_date date not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  patient_bookings_max integer not null,
  method text not null default 'order' check (method in ('order', 'draw')),
  master text not null,
  state text not null default 'planned' check (state in ('planned', 'stopped')),
  released_at timestamptz,
  sold_out_at timestamptz,
  -- Versions of the subject stock:<session_id>; numbers count their own.
  version integer not null default 0
) with (fillfactor = 70);
create index session_stock_date on booking.session_stock (hospital_id, service_date);

-- 号: one row a number.
create table booking.slot (
  hospital_id uuid not null,
  id uuid primary key,
  session_id uuid not null references booking.session_stock,
  service_date date not null,
  sequence integer not null check (sequence > 0),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  pool text not null default 'online' check (pool in
    ('online', 'same_day', 'on_site', 'follow_up', 'in_clinic', 'referral', 'team', 'green_channel', 'added')),
  state text not null default 'unreleased' check (state in
    ('unreleased', 'free', 'held', 'booked', 'checked_in', 'cooling', 'stopped', 'void')),
  -- Counts the number's events: 0 until its first one.
  -- In the indexes instead of the state, so that steps after the booking touch no index.
  is_free boolean not null generated always as (state = 'free') stored,
  version integer not null default 0,
  released_at timestamptz,
  hold_until timestamptz,
  appointment_id uuid,
  draw_id uuid,
  cooling_until timestamptz,
  excluded_account_id uuid,
  excluded_patient_id uuid,
  -- Of a session whose master is the HIS only entrusted numbers are ours to publish and sell.
  entrusted boolean not null default true,
  his_id text,
  his_confirmed_at timestamptz,
  void_reason text,
  constraint slot_sequence unique (session_id, sequence),
  constraint slot_owner check ((state in ('held', 'booked', 'checked_in')) = (appointment_id is not null)),
  constraint slot_hold check ((state = 'held') = (hold_until is not null)),
  constraint slot_cooling check ((state = 'cooling') = (cooling_until is not null)),
  constraint slot_entrusted check (entrusted or state in ('unreleased', 'void', 'stopped')),
  constraint slot_void_has_reason check (state <> 'void' or void_reason is not null)
) with (fillfactor = 70);
create index slot_free on booking.slot (session_id, sequence) where is_free;
create index slot_hold_until on booking.slot (session_id, hold_until) where hold_until is not null;
create index slot_cooling on booking.slot (cooling_until) where cooling_until is not null;
-- Numbers that whoever gave them back may not take again: few, and asked for at every booking.
create index slot_excluded on booking.slot (session_id)
  where is_free and (excluded_patient_id is not null or excluded_account_id is not null);
create unique index slot_his on booking.slot (hospital_id, his_id) where his_id is not null;

create function booking.refuse_step() returns trigger language plpgsql as $$
begin
  raise exception 'a % cannot go from % to %', tg_table_name, old, new
    using errcode = 'check_violation', constraint = tg_argv[0];
end $$;
create trigger slot_state_graph before update of state on booking.slot for each row
  when (old.state is distinct from new.state and (old.state, new.state) not in (
    ('unreleased', 'free'), ('unreleased', 'held'), ('unreleased', 'booked'), ('unreleased', 'cooling'),
    ('unreleased', 'stopped'), ('unreleased', 'void'),
    ('free', 'held'), ('free', 'booked'), ('free', 'unreleased'), ('free', 'stopped'), ('free', 'void'),
    ('held', 'booked'), ('held', 'free'), ('held', 'unreleased'), ('held', 'cooling'), ('held', 'stopped'), ('held', 'void'),
    ('booked', 'checked_in'), ('booked', 'free'), ('booked', 'unreleased'), ('booked', 'cooling'), ('booked', 'stopped'), ('booked', 'void'),
    ('checked_in', 'booked'), ('checked_in', 'stopped'),
    ('cooling', 'free'), ('cooling', 'held'), ('cooling', 'booked'), ('cooling', 'unreleased'),
    ('cooling', 'stopped'), ('cooling', 'void'),
    ('stopped', 'free'), ('stopped', 'unreleased'), ('stopped', 'cooling'), ('void', 'unreleased')))
  execute function booking.refuse_step('slot_state_graph');

create table booking.appointment (
  hospital_id uuid not null,
  id uuid primary key,
  session_id uuid not null,
  slot_id uuid not null references booking.slot,
  service_date date not null,
  patient_id uuid not null,
  ordinal integer not null check (ordinal > 0),
  bookings_max integer not null,
  status text not null check (status in
    ('held', 'booked', 'checked_in', 'called', 'fulfilled', 'noshow', 'cancelled', 'lapsed', 'stopped', 'void')),
  -- A visit that uses its number and counts for its person; in the indexes instead of the status.
  is_active boolean not null generated always as
    (status in ('held', 'booked', 'checked_in', 'called', 'fulfilled', 'noshow')) stored,
  channel text not null check (channel in
    ('web', 'wechat', 'kiosk', 'phone', 'window', 'in_clinic', 'draw', 'his', 'migrated')),
  hold_until timestamptz,
  account_id uuid,
  device_key_id text,
  payer_reference text,
  phone_index bytea,
  booked_by text not null,
  previous_order_number text,
  created_at timestamptz not null,
  confirmed_at timestamptz,
  cancelled_at timestamptz,
  checked_in_at timestamptz,
  identity_checked_by text,
  called_at timestamptz,
  calls integer not null default 0,
  missed boolean not null default false,
  missed_at timestamptz,
  ended_at timestamptz,
  -- Won without an account: does not lapse before one logged call.
  contact_due boolean not null default false,
  constraint appointment_ordinal check (ordinal <= bookings_max),
  constraint appointment_hold check ((status = 'held') = (hold_until is not null))
) with (fillfactor = 70);
-- The two promises: a number belongs to one visit, a person has at most so many in a session.
create unique index appointment_slot on booking.appointment (slot_id) where is_active;
create unique index appointment_patient_session on booking.appointment (session_id, patient_id, ordinal)
  where is_active;
create index appointment_patient on booking.appointment (patient_id, service_date);
create index appointment_account on booking.appointment (account_id, created_at) where account_id is not null;
create index appointment_hold_until on booking.appointment (hold_until) where hold_until is not null;
create unique index appointment_order_number on booking.appointment (hospital_id, previous_order_number)
  where previous_order_number is not null;
-- A visit can change its number (改约), never its person.
create trigger appointment_person before update of patient_id on booking.appointment for each row
  when (old.patient_id is distinct from new.patient_id)
  execute function booking.refuse_step('appointment_person');
create trigger appointment_status_graph before update of status on booking.appointment for each row
  when (old.status is distinct from new.status and (old.status, new.status) not in (
    ('held', 'booked'), ('held', 'cancelled'), ('held', 'lapsed'), ('held', 'stopped'), ('held', 'void'),
    ('booked', 'checked_in'), ('booked', 'fulfilled'), ('booked', 'cancelled'), ('booked', 'noshow'), ('booked', 'stopped'), ('booked', 'void'),
    ('checked_in', 'called'), ('checked_in', 'noshow'), ('checked_in', 'stopped'), ('checked_in', 'cancelled'),
    ('called', 'fulfilled'), ('called', 'checked_in'), ('called', 'noshow'), ('called', 'stopped'),
    ('cancelled', 'booked')))
  execute function booking.refuse_step('appointment_status_graph');

create index appointment_contact_due on booking.appointment (hospital_id, hold_until) where contact_due;

-- Calls to winners who could not be reached otherwise.
create table booking.contact_call (
  id uuid primary key,
  hospital_id uuid not null,
  appointment_id uuid not null references booking.appointment,
  outcome text not null check (outcome in ('confirmed', 'declined', 'will_decide', 'no_answer', 'no_phone')),
  called_by text not null,
  called_at timestamptz not null
);
create index contact_call_appointment on booking.contact_call (appointment_id);

-- Kept out of remote registration for drawn clinics, never out of care.
create table booking.restriction (
  id uuid primary key,
  hospital_id uuid not null,
  patient_id uuid not null,
  scope text not null check (scope in ('drawn_clinics_remote')),
  reason text not null,
  source text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  lifted_at timestamptz
);
create index restriction_patient on booking.restriction (patient_id, ends_at) where lifted_at is null;

create table booking.no_show_count (
  hospital_id uuid not null,
  patient_id uuid not null,
  migrated integer not null default 0 check (migrated >= 0),
  version integer not null default 1,
  primary key (hospital_id, patient_id)
);

-- Those present for an on-site pool that is too small: one ticket a person a session, drawn by lot.
create table booking.hall_ticket (
  id uuid not null unique,
  hospital_id uuid not null,
  session_id uuid not null references booking.session_stock,
  patient_id uuid not null,
  taken_at timestamptz not null,
  taken_by text not null,
  -- The place the lot gave; null until the draw in the hall.
  place integer check (place > 0),
  drawn_at timestamptz,
  appointment_id uuid,
  outcome text,
  primary key (session_id, patient_id),
  constraint hall_ticket_place unique (session_id, place)
);
