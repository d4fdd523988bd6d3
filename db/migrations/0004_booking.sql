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
  -- What limits (限约) go by; a session that stays open is never limited.
  department_id uuid,
  period text,
  level text,
  stays_open boolean not null default false,
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
    ('online', 'same_day', 'on_site', 'follow_up', 'in_clinic', 'referral', 'team', 'green_channel', 'added',
     'free_return')),
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
-- The steps a state may take are a list in a function: a condition of the trigger itself is read anew
-- for every statement, so it only spares the step that a crowd takes.
create function booking.check_slot_step() returns trigger language plpgsql as $$
begin
  if (old.state || ' ' || new.state) = any ('{
    unreleased free, unreleased held, unreleased booked, unreleased cooling, unreleased stopped, unreleased void,
    free held, free booked, free unreleased, free stopped, free void,
    held booked, held free, held unreleased, held cooling, held stopped, held void,
    booked checked_in, booked free, booked unreleased, booked cooling, booked stopped, booked void,
    checked_in booked, checked_in stopped,
    cooling free, cooling held, cooling booked, cooling unreleased, cooling stopped, cooling void,
    stopped free, stopped unreleased, stopped cooling, void unreleased}'::text[]) then return new;
  end if;
  raise exception 'a % cannot go from % to %', tg_table_name, old, new
    using errcode = 'check_violation', constraint = tg_name;
end $$;
create trigger slot_state_graph before update of state on booking.slot for each row
  when (old.state <> new.state and not (old.state = 'free' and new.state in ('booked', 'held')))
  execute function booking.check_slot_step();

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
create index appointment_phone on booking.appointment (phone_index, service_date) where phone_index is not null;
create index appointment_device on booking.appointment (device_key_id, service_date)
  where device_key_id is not null;
create index appointment_hold_until on booking.appointment (hold_until) where hold_until is not null;
create unique index appointment_order_number on booking.appointment (hospital_id, previous_order_number)
  where previous_order_number is not null;
-- A visit can change its number (改约), never its person; only two records of one person are joined.
create trigger appointment_person before update of patient_id on booking.appointment for each row
  when (old.patient_id is distinct from new.patient_id
    and current_setting('booking.merging', true) is distinct from 'on')
  execute function booking.refuse_step('appointment_person');
create function booking.check_visit_step() returns trigger language plpgsql as $$
begin
  if (old.status || ' ' || new.status) = any ('{
    held booked, held cancelled, held lapsed, held stopped, held void,
    booked checked_in, booked fulfilled, booked cancelled, booked noshow, booked stopped, booked void,
    checked_in called, checked_in noshow, checked_in stopped, checked_in cancelled,
    called fulfilled, called checked_in, called noshow, called stopped,
    cancelled booked}'::text[]) then return new;
  end if;
  raise exception 'a % cannot go from % to %', tg_table_name, old, new
    using errcode = 'check_violation', constraint = tg_name;
end $$;
create trigger appointment_status_graph before update of status on booking.appointment for each row
  when (old.status <> new.status)
  execute function booking.check_visit_step();

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
  lifted_at timestamptz,
  -- Of a ladder: which one, the visit that reached the step, and the visits it counted.
  kind text check (kind in ('no_show', 'late_cancel', 'unconfirmed_win')),
  reached_by uuid references booking.appointment,
  counted uuid[] not null default '{}',
  lifted_by text,
  lifted_reason text,
  version integer not null default 1,
  -- A visit makes one restriction of a kind at most.
  constraint restriction_once unique (reached_by, kind),
  constraint restriction_ladder check ((kind is null) = (reached_by is null))
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

-- Numbers given by doctors: 加号, green channel, follow-up. Numbers made beside the plan are noted
-- here, so that a session which grows later still gets all of its own.
create table booking.extra_number (
  slot_id uuid primary key references booking.slot,
  session_id uuid not null references booking.session_stock,
  made_at timestamptz not null
);
create index extra_number_session on booking.extra_number (session_id);

-- The department's quota of added numbers, as a share of a session's own; the newest version counts.
create table booking.added_quota (
  hospital_id uuid not null,
  department_id uuid not null,
  version integer not null check (version > 0),
  share numeric not null check (share between 0 and 1),
  set_by text not null,
  set_at timestamptz not null,
  primary key (hospital_id, department_id, version)
);

-- 加号: what a doctor asked for a named person, and what became of it.
create table booking.added_order (
  id uuid primary key,
  hospital_id uuid not null,
  department_id uuid not null,
  session_id uuid not null references booking.session_stock,
  practitioner_id uuid,
  patient_id uuid not null,
  reason text not null check (reason in
    ('condition', 'post_discharge', 'result', 'far', 'medicine', 'staff')),
  state text not null check (state in ('asked', 'given', 'refused', 'expired')),
  -- The quota as it was counted when the doctor asked.
  quota integer not null check (quota >= 0),
  within_quota boolean not null,
  asked_by text not null,
  asked_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  refusal text check (refusal in ('room', 'other_day', 'other_doctor')),
  appointment_id uuid references booking.appointment,
  version integer not null default 1,
  constraint added_order_given check ((state = 'given') = (appointment_id is not null)),
  constraint added_order_decided check ((state = 'asked') = (decided_at is null)),
  constraint added_order_refused check ((state = 'refused') = (refusal is not null)),
  constraint added_order_two_people check (within_quota or decided_by is distinct from asked_by)
);
create unique index added_order_open on booking.added_order (session_id, patient_id) where state = 'asked';
create index added_order_asked on booking.added_order (hospital_id, asked_at) where state = 'asked';
create index added_order_decided_at on booking.added_order (hospital_id, decided_at);
create index added_order_patient on booking.added_order (patient_id, asked_at);

-- Green channel: from an ordinary clinic to an expert number, by the doctor who saw the need.
create table booking.green_upgrade (
  id uuid primary key,
  hospital_id uuid not null,
  department_id uuid not null,
  from_appointment_id uuid not null references booking.appointment,
  appointment_id uuid not null references booking.appointment,
  session_id uuid not null references booking.session_stock,
  patient_id uuid not null,
  reason text not null check (reason in ('severe', 'difficult', 'worse')),
  given_by text not null,
  given_at timestamptz not null,
  constraint green_upgrade_appointment unique (appointment_id)
);
create index green_upgrade_month on booking.green_upgrade (hospital_id, given_at);

-- A doctor's plan of coming back every so many months; dates count from the anchor, so that a month
-- that is too short does not move the later ones.
create table booking.follow_up_plan (
  id uuid primary key,
  hospital_id uuid not null,
  healthcare_service_id uuid not null,
  practitioner_id uuid,
  patient_id uuid not null,
  every_months integer not null check (every_months between 1 and 12),
  times integer not null check (times between 1 and 24),
  anchor_date date not null,
  next_n integer not null check (next_n >= 0),
  next_due date not null,
  state text not null default 'active' check (state in ('active', 'ended')),
  planned_by text not null,
  planned_at timestamptz not null,
  ended_by text,
  ended_at timestamptz,
  ended_reason text check (ended_reason in ('complete', 'patient', 'doctor')),
  version integer not null default 1,
  constraint follow_up_plan_ended check ((state = 'ended') = (ended_reason is not null))
);
create index follow_up_plan_due on booking.follow_up_plan (next_due) where state = 'active';
create unique index follow_up_plan_one on booking.follow_up_plan (healthcare_service_id, patient_id)
  where state = 'active';
create index follow_up_plan_patient on booking.follow_up_plan (patient_id);

create table booking.follow_up_turn (
  plan_id uuid not null references booking.follow_up_plan,
  n integer not null check (n >= 0),
  due date not null,
  outcome text not null check (outcome in ('booked', 'already', 'unbooked')),
  appointment_id uuid references booking.appointment,
  decided_at timestamptz not null,
  primary key (plan_id, n),
  constraint follow_up_turn_booked check ((outcome = 'booked') = (appointment_id is not null))
);
create index follow_up_turn_appointment on booking.follow_up_turn (appointment_id) where appointment_id is not null;

-- 预约规则: each hospital's rules as data. The newest version in force on a day counts.
create table booking.rule_set (
  hospital_id uuid not null,
  version integer not null check (version > 0),
  effective_from date not null,
  rules jsonb not null,
  -- The same limits as the hot statement reads them.
  limits jsonb not null,
  reason text not null,
  written_by text not null,
  written_at timestamptz not null,
  primary key (hospital_id, version),
  constraint rule_set_has_reason check (reason <> '')
);

-- The lock under which a limited person, account, phone or device takes numbers, by a hash of whom.
-- A take that meets a version other than the one it saw has counted too early, and asks again. Nothing
-- is lost with it in a crash, which ends every take that counted: hence unlogged.
create unlogged table booking.limit_subject (
  key bigint primary key,
  version integer not null
) with (fillfactor = 70);

-- Since when a limit counts what was made: a span back, or the first day of the month in China.
create function booking.limit_since(at timestamptz, span interval, month_day integer)
returns timestamptz language sql immutable as $$
  select case
    when span is not null then at - span
    when month_day is not null then (date_trunc('month', (at at time zone 'Asia/Shanghai')
      - make_interval(days => month_day - 1)) + make_interval(days => month_day - 1)) at time zone 'Asia/Shanghai' end
$$;

-- Whether a visit uses a limit up. A hold whose time is over uses nothing; what a stop or a void took
-- away uses nothing; numbers given at the window, by a doctor or by referral use nothing. A plain
-- expression, so that the statements that name it contain it.
create function booking.limit_counts(counts text, part text, place text, since timestamptz, channels text[],
  at timestamptz, asked_session uuid, asked_department uuid, asked_day date, asked_half_day text,
  session uuid, department uuid, day date, half_day text, channel text, status text, is_active boolean,
  hold_until timestamptz, contact_due boolean, created_at timestamptz, confirmed_at timestamptz, cancelled_at timestamptz)
returns boolean language sql immutable as $$
  select (channel = 'draw' or channel = any(channels))
    and case counts
      when 'active_bookings' then is_active and (hold_until is null or hold_until > at or contact_due)
      when 'bookings_made' then status not in ('stopped', 'void', 'lapsed')
        and (confirmed_at is not null or hold_until > at or contact_due)
      when 'cancellations' then status = 'cancelled' and confirmed_at is not null
      when 'holds_given_up' then status = 'cancelled' and confirmed_at is null
    end
    and case when counts in ('cancellations', 'holds_given_up') then cancelled_at else created_at end > coalesce(since, '-infinity')
    and case part
      when 'session' then session = asked_session
      when 'day' then day = asked_day
      when 'half_day' then day = asked_day and half_day = asked_half_day
      else true end
    and case place
      when 'doctor_session' then session = asked_session
      when 'department' then department = asked_department
      else true end
$$;

-- 替诊: since when somebody else holds the session. Who booked before may refuse and lose nothing.
create table booking.substitution (
  session_id uuid primary key references booking.session_stock,
  hospital_id uuid not null,
  from_practitioner_id uuid not null,
  practitioner_id uuid not null,
  at timestamptz not null
);

-- Whose directly booked visit a stop (停诊) ended, or who refused a substitute: they are offered a
-- number before anybody else, in the order of the numbers they had.
create table booking.rebooking (
  id uuid primary key,
  hospital_id uuid not null,
  appointment_id uuid not null references booking.appointment,
  patient_id uuid not null,
  session_id uuid not null references booking.session_stock,
  healthcare_service_id uuid not null,
  service_date date not null,
  -- When their number was.
  was_at timestamptz not null,
  stopped_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'offered', 'taken', 'ended')),
  offered_session_id uuid,
  offered_appointment_id uuid references booking.appointment,
  offer_until timestamptz,
  version integer not null default 0,
  constraint rebooking_appointment unique (appointment_id),
  constraint rebooking_offer check (state <> 'offered' or offered_appointment_id is not null)
);
create index rebooking_waiting on booking.rebooking (stopped_at, was_at, id) where state = 'waiting';
create index rebooking_offered on booking.rebooking (offered_appointment_id) where state = 'offered';
create index rebooking_patient on booking.rebooking (patient_id, stopped_at desc);

-- What ladders count: one row a visit and kind, so that news heard twice counts once. Without proof
-- that the person was told (told_by) it counts as nothing; cleared, it counts as nothing any more.
create table booking.conduct (
  id uuid primary key,
  hospital_id uuid not null,
  patient_id uuid not null,
  appointment_id uuid not null references booking.appointment,
  kind text not null check (kind in ('no_show', 'late_cancel', 'unconfirmed_win')),
  happened_at timestamptz not null,
  told_by text check (told_by in ('own_act', 'call', 'notice')),
  cleared_at timestamptz,
  cleared_by text,
  cleared_reason text check (cleared_reason in ('wrong_record', 'illness', 'traffic', 'hospital_fault',
    'notice_failed', 'other', 'appeal', 'stopped', 'restored', 'offer')),
  version integer not null default 1,
  constraint conduct_once unique (appointment_id, kind),
  constraint conduct_cleared check ((cleared_at is null) = (cleared_reason is null)
    and (cleared_at is null) = (cleared_by is null))
);
create index conduct_patient on booking.conduct (patient_id, happened_at);
create index conduct_hospital on booking.conduct (hospital_id, happened_at desc);
create index conduct_clearance on booking.conduct (hospital_id, cleared_at) where cleared_at is not null;

-- 申诉: an objection to a restriction, answered within one working day; its words are sealed under the
-- person's key.
create table booking.restriction_appeal (
  id uuid primary key,
  hospital_id uuid not null,
  restriction_id uuid not null references booking.restriction,
  patient_id uuid not null,
  sealed_text bytea not null,
  appealed_by text not null,
  appealed_at timestamptz not null,
  due_at timestamptz not null,
  state text not null default 'open' check (state in ('open', 'upheld', 'refused')),
  sealed_answer bytea,
  decided_by text,
  decided_at timestamptz,
  version integer not null default 1,
  constraint restriction_appeal_decided check ((state = 'open') = (decided_at is null)
    and (state = 'open') = (sealed_answer is null))
);
create unique index restriction_appeal_open on booking.restriction_appeal (restriction_id)
  where state = 'open';
create index restriction_appeal_due on booking.restriction_appeal (hospital_id, due_at) where state = 'open';
create index restriction_appeal_patient on booking.restriction_appeal (patient_id);

-- 叫号屏: a screen of a waiting room that staff linked; it shows one department's calls, or a campus's.
create table booking.screen (
  id uuid primary key,
  hospital_id uuid not null,
  campus_id uuid not null,
  department_id uuid,
  name text not null check (name <> ''),
  -- SHA-256 of the token that only the screen has.
  token_hash bytea not null,
  linked_by text not null,
  linked_at timestamptz not null,
  unlinked_by text,
  unlinked_at timestamptz,
  version integer not null default 1,
  constraint screen_token unique (token_hash),
  constraint screen_unlinked check ((unlinked_at is null) = (unlinked_by is null))
);
create index screen_hospital on booking.screen (hospital_id) where unlinked_at is null;

-- 转诊: the institutions of primary care that send patients to a hospital. Each hospital keeps its own
-- list, so that no row of one hospital can lead to another's. Its row is the lock under which the
-- institution's quotas are counted.
create table booking.referring_institution (
  id uuid primary key,
  hospital_id uuid not null,
  code text not null check (code <> ''),
  name text not null check (name <> ''),
  phone text not null default '',
  closed_at timestamptz,
  version integer not null default 1,
  constraint referring_institution_code unique (hospital_id, code),
  constraint referring_institution_hospital unique (hospital_id, id)
);

-- Which account signs in for which institution; one account, one institution.
create table booking.referrer (
  staff_id uuid primary key,
  hospital_id uuid not null,
  institution_id uuid not null,
  added_by text not null,
  added_at timestamptz not null,
  constraint referrer_institution foreign key (hospital_id, institution_id)
    references booking.referring_institution (hospital_id, id)
);
create index referrer_of on booking.referrer (institution_id);

-- 转诊额度: how many patients an institution sends a week or a month without asking, to a department or
-- to one of its clinics; the newest version counts. Without numbers a clinic goes by its department.
create table booking.referral_quota (
  hospital_id uuid not null,
  institution_id uuid not null,
  scope_id uuid not null,
  version integer not null check (version > 0),
  department_id uuid not null,
  healthcare_service_id uuid,
  per text not null check (per in ('week', 'month')),
  numbers integer check (numbers between 0 and 10000),
  set_by text not null,
  set_at timestamptz not null,
  primary key (institution_id, scope_id, version),
  constraint referral_quota_scope check (scope_id = coalesce(healthcare_service_id, department_id)),
  constraint referral_quota_department check (numbers is not null or healthcare_service_id is not null),
  constraint referral_quota_institution foreign key (hospital_id, institution_id)
    references booking.referring_institution (hospital_id, id)
);

-- 转诊单: who was sent here by whom and why. What the doctor wrote is sealed under the person's key.
create table booking.referral (
  id uuid primary key,
  hospital_id uuid not null,
  institution_id uuid not null,
  session_id uuid not null references booking.session_stock,
  department_id uuid not null,
  -- The department or clinic whose quota counts it.
  scope_id uuid not null,
  service_date date not null,
  patient_id uuid not null,
  reason text not null check (reason in ('unclear', 'worse', 'beyond', 'procedure', 'specialist')),
  urgency text not null check (urgency in ('routine', 'soon', 'urgent')),
  sealed_note bytea,
  state text not null check (state in ('asked', 'given', 'refused', 'expired', 'withdrawn')),
  -- The quota as it was when the patient was sent; null where none was set.
  quota integer,
  within_quota boolean not null,
  sent_by text not null,
  sent_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  refusal text check (refusal in ('local', 'other_department', 'emergency', 'full')),
  appointment_id uuid references booking.appointment,
  version integer not null default 1,
  constraint referral_institution foreign key (hospital_id, institution_id)
    references booking.referring_institution (hospital_id, id),
  constraint referral_given check ((state = 'given') = (appointment_id is not null)),
  constraint referral_decided check ((state = 'asked') = (decided_at is null)),
  constraint referral_refused check ((state = 'refused') = (refusal is not null)),
  constraint referral_two_people check (state <> 'given' or within_quota or decided_by is distinct from sent_by)
);
create unique index referral_open on booking.referral (session_id, patient_id) where state = 'asked';
create unique index referral_appointment on booking.referral (appointment_id) where appointment_id is not null;
create index referral_quota_use on booking.referral (institution_id, scope_id, service_date);
create index referral_asked on booking.referral (hospital_id, sent_at) where state = 'asked';
create index referral_sender on booking.referral (sent_by, sent_at desc);
create index referral_patient on booking.referral (patient_id, sent_at);
create index referral_month on booking.referral (hospital_id, service_date);

-- 专家团队: a clinic that a team runs for its named expert. Patients book the clinic.
create table booking.expert_team (
  healthcare_service_id uuid primary key,
  hospital_id uuid not null,
  expert_id uuid not null,
  closed_at timestamptz,
  version integer not null default 1
);
create index expert_team_hospital on booking.expert_team (hospital_id);

create table booking.team_member (
  healthcare_service_id uuid not null references booking.expert_team,
  practitioner_id uuid not null,
  place integer not null check (place > 0),
  primary key (healthcare_service_id, practitioner_id)
);

-- 升级: a patient whom a member has seen goes on to the expert, by a number kept for the team.
create table booking.team_escalation (
  id uuid primary key,
  hospital_id uuid not null,
  healthcare_service_id uuid not null references booking.expert_team,
  expert_id uuid not null,
  from_appointment_id uuid not null references booking.appointment,
  appointment_id uuid not null references booking.appointment,
  session_id uuid not null references booking.session_stock,
  patient_id uuid not null,
  reason text not null check (reason in ('complex', 'severe', 'plan', 'procedure')),
  escalated_by text not null,
  escalated_at timestamptz not null,
  constraint team_escalation_appointment unique (appointment_id)
);
create index team_escalation_from on booking.team_escalation (from_appointment_id);
create index team_escalation_month on booking.team_escalation (hospital_id, escalated_at);

-- Who checked in late: after the hour of the half-day (somebody at the desk decided, and said why), or
-- after the number's time where the hospital calls such people after the others.
create table booking.late_check_in (
  appointment_id uuid primary key references booking.appointment,
  hospital_id uuid not null,
  session_id uuid not null references booking.session_stock,
  to_end boolean not null,
  after_deadline boolean not null,
  reason text check (reason in ('doctor_agrees', 'hospital_wait', 'traffic', 'other')),
  checked_in_by text not null,
  at timestamptz not null,
  constraint late_check_in_reason check (not after_deadline or reason is not null)
);

-- A cancellation whose ten minutes of undo a person at the window gave up, so that the cash could be
-- handed out at once. Such a visit never comes back, however the asking for it races with the closing.
create table booking.undo_closed (
  appointment_id uuid primary key references booking.appointment,
  hospital_id uuid not null,
  said_by text not null check (said_by in ('patient', 'companion')),
  closed_by text not null,
  at timestamptz not null
);
create function booking.refuse_undo() returns trigger language plpgsql as $$
begin
  if exists (select from booking.undo_closed where appointment_id = new.id) then
    raise exception 'the undo of visit % is closed', new.id
      using errcode = 'check_violation', constraint = 'appointment_undo_closed';
  end if;
  return new;
end $$;
create trigger appointment_undo_closed before update of status on booking.appointment for each row
  when (old.status = 'cancelled' and new.status = 'booked')
  execute function booking.refuse_undo();

-- Who is called before others by the hospital's rule (老年人、军人、残疾人优先), settled when they check in
-- or when the desk sees their paper, with the rule as it was then; without a kind it was taken back.
create table booking.queue_priority (
  appointment_id uuid primary key references booking.appointment,
  hospital_id uuid not null,
  session_id uuid not null references booking.session_stock,
  kind text check (kind in ('elder', 'military', 'disabled')),
  -- Of so many people called, one with priority may be called out of turn.
  one_in integer not null check (one_in between 2 and 20),
  given_by text not null,
  at timestamptz not null,
  version integer not null default 1
);
create index queue_priority_session on booking.queue_priority (session_id) where kind is not null;

-- Everyone who waits in a session, with all that the order of calling goes by.
create view booking.waiting_view as
select q.session_id, q.patient_id, q.id as appointment_id, q.status, q.channel, z.pool, q.calls,
  z.starts_at, z.sequence, q.checked_in_at, q.called_at, q.missed,
  q.identity_checked_by is not null as identity_seen,
  case when q.missed then (
    select count(*)::int from booking.appointment c
    where c.session_id = q.session_id and c.id <> q.id and c.called_at > q.missed_at) else 0 end as called_since,
  l.at as late_at, p.kind as priority, p.one_in,
  -- How many others were called since the last one with priority; who missed the call used no turn.
  case when p.kind is not null then (
    select count(*)::int from booking.appointment c
    where c.session_id = q.session_id and c.called_at is not null and not c.missed
      and not exists (select from booking.queue_priority k where k.appointment_id = c.id and k.kind is not null)
      and c.called_at > coalesce((
        select max(d.called_at) from booking.queue_priority e
        join booking.appointment d on d.id = e.appointment_id
        where e.session_id = q.session_id and e.kind is not null and not d.missed), '-infinity')) end as others_since
from booking.appointment q
join booking.slot z on z.id = q.slot_id
left join booking.late_check_in l on l.appointment_id = q.id and l.to_end
left join booking.queue_priority p on p.appointment_id = q.id and p.kind is not null
where q.status in ('checked_in', 'called');

-- 三天有效: a visit that was seen may be followed by one free return to the same department until a
-- last day. It joins the line at check-in, by a number made for it outside every count.
create table booking.free_return (
  id uuid primary key,
  hospital_id uuid not null,
  from_appointment_id uuid not null references booking.appointment,
  campus_id uuid not null,
  department_id uuid not null,
  patient_id uuid not null,
  opened_by text not null,
  opened_at timestamptz not null,
  last_day date not null,
  -- Of the visit it came to, which uses it up; a stop of that session gives it back.
  appointment_id uuid references booking.appointment,
  used_at timestamptz,
  version integer not null default 1,
  constraint free_return_once unique (from_appointment_id),
  constraint free_return_appointment unique (appointment_id),
  constraint free_return_used check ((appointment_id is null) = (used_at is null))
);
create index free_return_patient on booking.free_return (patient_id, last_day);

-- That a person was diagnosed in a specialty here, seen by staff on paper or told by the HIS: what an
-- internet clinic asks for. What the diagnosis was is nobody's business here.
create table booking.prior_diagnosis (
  id uuid primary key,
  hospital_id uuid not null,
  patient_id uuid not null,
  specialty_code text not null,
  diagnosed_on date not null,
  source text not null check (source in ('paper', 'his')),
  noted_by text not null,
  noted_at timestamptz not null,
  constraint prior_diagnosis_once unique (hospital_id, patient_id, specialty_code, diagnosed_on)
);

-- 电话预约: a call somebody made for a person. The number it came from is kept as its keyed index only;
-- what the clerk noted is sealed under the person's key.
create table booking.phone_call (
  id uuid primary key,
  hospital_id uuid not null,
  caller_index bytea not null,
  patient_id uuid not null,
  appointment_id uuid not null references booking.appointment,
  sealed_note bytea,
  taken_by text not null,
  taken_at timestamptz not null,
  constraint phone_call_appointment unique (appointment_id)
);
create index phone_call_caller on booking.phone_call (hospital_id, caller_index, taken_at);
create index phone_call_taken on booking.phone_call (hospital_id, taken_at);
create index phone_call_patient on booking.phone_call (patient_id);
