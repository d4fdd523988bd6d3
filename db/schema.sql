-- schema booking

create table booking.appointment (
  hospital_id uuid not null,
  id uuid not null,
  session_id uuid not null,
  slot_id uuid not null,
  service_date date not null,
  patient_id uuid not null,
  ordinal integer not null,
  bookings_max integer not null,
  status text not null,
  is_active boolean not null generated always as ((status = ANY (ARRAY['held'::text, 'booked'::text, 'checked_in'::text, 'called'::text, 'fulfilled'::text, 'noshow'::text]))) stored,
  channel text not null,
  hold_until timestamp with time zone,
  account_id uuid,
  device_key_id text,
  payer_reference text,
  phone_index bytea,
  booked_by text not null,
  previous_order_number text,
  created_at timestamp with time zone not null,
  confirmed_at timestamp with time zone,
  cancelled_at timestamp with time zone,
  checked_in_at timestamp with time zone,
  identity_checked_by text,
  called_at timestamp with time zone,
  calls integer not null default 0,
  missed boolean not null default false,
  missed_at timestamp with time zone,
  ended_at timestamp with time zone,
  contact_due boolean not null default false,
  constraint appointment_channel_check CHECK ((channel = ANY (ARRAY['web'::text, 'wechat'::text, 'kiosk'::text, 'phone'::text, 'window'::text, 'in_clinic'::text, 'draw'::text, 'his'::text, 'migrated'::text]))),
  constraint appointment_hold CHECK (((status = 'held'::text) = (hold_until IS NOT NULL))),
  constraint appointment_ordinal CHECK ((ordinal <= bookings_max)),
  constraint appointment_ordinal_check CHECK ((ordinal > 0)),
  constraint appointment_status_check CHECK ((status = ANY (ARRAY['held'::text, 'booked'::text, 'checked_in'::text, 'called'::text, 'fulfilled'::text, 'noshow'::text, 'cancelled'::text, 'lapsed'::text, 'stopped'::text, 'void'::text]))),
  constraint appointment_slot_id_fkey FOREIGN KEY (slot_id) REFERENCES booking.slot(id),
  constraint appointment_pkey PRIMARY KEY (id)
) with (fillfactor=70);

create table booking.contact_call (
  id uuid not null,
  hospital_id uuid not null,
  appointment_id uuid not null,
  outcome text not null,
  called_by text not null,
  called_at timestamp with time zone not null,
  constraint contact_call_outcome_check CHECK ((outcome = ANY (ARRAY['confirmed'::text, 'declined'::text, 'will_decide'::text, 'no_answer'::text, 'no_phone'::text]))),
  constraint contact_call_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES booking.appointment(id),
  constraint contact_call_pkey PRIMARY KEY (id)
);

create table booking.hall_ticket (
  id uuid not null,
  hospital_id uuid not null,
  session_id uuid not null,
  patient_id uuid not null,
  taken_at timestamp with time zone not null,
  taken_by text not null,
  place integer,
  drawn_at timestamp with time zone,
  appointment_id uuid,
  outcome text,
  constraint hall_ticket_place_check CHECK ((place > 0)),
  constraint hall_ticket_session_id_fkey FOREIGN KEY (session_id) REFERENCES booking.session_stock(session_id),
  constraint hall_ticket_pkey PRIMARY KEY (session_id, patient_id),
  constraint hall_ticket_id_key UNIQUE (id),
  constraint hall_ticket_place UNIQUE (session_id, place)
);

create table booking.no_show_count (
  hospital_id uuid not null,
  patient_id uuid not null,
  migrated integer not null default 0,
  version integer not null default 1,
  constraint no_show_count_migrated_check CHECK ((migrated >= 0)),
  constraint no_show_count_pkey PRIMARY KEY (hospital_id, patient_id)
);

create table booking.restriction (
  id uuid not null,
  hospital_id uuid not null,
  patient_id uuid not null,
  scope text not null,
  reason text not null,
  source text not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  lifted_at timestamp with time zone,
  constraint restriction_check CHECK ((ends_at > starts_at)),
  constraint restriction_scope_check CHECK ((scope = 'drawn_clinics_remote'::text)),
  constraint restriction_pkey PRIMARY KEY (id)
);

create table booking.session_stock (
  session_id uuid not null,
  hospital_id uuid not null,
  healthcare_service_id uuid not null,
  practitioner_id uuid,
  service_date date not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  patient_bookings_max integer not null,
  method text not null default 'order'::text,
  master text not null,
  state text not null default 'planned'::text,
  released_at timestamp with time zone,
  sold_out_at timestamp with time zone,
  version integer not null default 0,
  constraint session_stock_method_check CHECK ((method = ANY (ARRAY['order'::text, 'draw'::text]))),
  constraint session_stock_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'stopped'::text]))),
  constraint session_stock_pkey PRIMARY KEY (session_id)
) with (fillfactor=70);

create table booking.slot (
  hospital_id uuid not null,
  id uuid not null,
  session_id uuid not null,
  service_date date not null,
  sequence integer not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  pool text not null default 'online'::text,
  state text not null default 'unreleased'::text,
  is_free boolean not null generated always as ((state = 'free'::text)) stored,
  version integer not null default 0,
  released_at timestamp with time zone,
  hold_until timestamp with time zone,
  appointment_id uuid,
  draw_id uuid,
  cooling_until timestamp with time zone,
  excluded_account_id uuid,
  excluded_patient_id uuid,
  entrusted boolean not null default true,
  his_id text,
  his_confirmed_at timestamp with time zone,
  void_reason text,
  constraint slot_cooling CHECK (((state = 'cooling'::text) = (cooling_until IS NOT NULL))),
  constraint slot_entrusted CHECK ((entrusted OR (state = ANY (ARRAY['unreleased'::text, 'void'::text, 'stopped'::text])))),
  constraint slot_hold CHECK (((state = 'held'::text) = (hold_until IS NOT NULL))),
  constraint slot_owner CHECK (((state = ANY (ARRAY['held'::text, 'booked'::text, 'checked_in'::text])) = (appointment_id IS NOT NULL))),
  constraint slot_pool_check CHECK ((pool = ANY (ARRAY['online'::text, 'same_day'::text, 'on_site'::text, 'follow_up'::text, 'in_clinic'::text, 'referral'::text, 'team'::text, 'green_channel'::text, 'added'::text]))),
  constraint slot_sequence_check CHECK ((sequence > 0)),
  constraint slot_state_check CHECK ((state = ANY (ARRAY['unreleased'::text, 'free'::text, 'held'::text, 'booked'::text, 'checked_in'::text, 'cooling'::text, 'stopped'::text, 'void'::text]))),
  constraint slot_void_has_reason CHECK (((state <> 'void'::text) OR (void_reason IS NOT NULL))),
  constraint slot_session_id_fkey FOREIGN KEY (session_id) REFERENCES booking.session_stock(session_id),
  constraint slot_pkey PRIMARY KEY (id),
  constraint slot_sequence UNIQUE (session_id, sequence)
) with (fillfactor=70);

CREATE INDEX appointment_account ON booking.appointment USING btree (account_id, created_at) WHERE (account_id IS NOT NULL);

CREATE INDEX appointment_contact_due ON booking.appointment USING btree (hospital_id, hold_until) WHERE contact_due;

CREATE INDEX appointment_hold_until ON booking.appointment USING btree (hold_until) WHERE (hold_until IS NOT NULL);

CREATE INDEX appointment_patient ON booking.appointment USING btree (patient_id, service_date);

CREATE INDEX contact_call_appointment ON booking.contact_call USING btree (appointment_id);

CREATE INDEX restriction_patient ON booking.restriction USING btree (patient_id, ends_at) WHERE (lifted_at IS NULL);

CREATE INDEX session_stock_date ON booking.session_stock USING btree (hospital_id, service_date);

CREATE INDEX slot_cooling ON booking.slot USING btree (cooling_until) WHERE (cooling_until IS NOT NULL);

CREATE INDEX slot_excluded ON booking.slot USING btree (session_id) WHERE (is_free AND ((excluded_patient_id IS NOT NULL) OR (excluded_account_id IS NOT NULL)));

CREATE INDEX slot_free ON booking.slot USING btree (session_id, sequence) WHERE is_free;

CREATE INDEX slot_hold_until ON booking.slot USING btree (session_id, hold_until) WHERE (hold_until IS NOT NULL);

CREATE UNIQUE INDEX appointment_order_number ON booking.appointment USING btree (hospital_id, previous_order_number) WHERE (previous_order_number IS NOT NULL);

CREATE UNIQUE INDEX appointment_patient_session ON booking.appointment USING btree (session_id, patient_id, ordinal) WHERE is_active;

CREATE UNIQUE INDEX appointment_slot ON booking.appointment USING btree (slot_id) WHERE is_active;

CREATE UNIQUE INDEX slot_his ON booking.slot USING btree (hospital_id, his_id) WHERE (his_id IS NOT NULL);

CREATE OR REPLACE FUNCTION booking.refuse_step()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'a % cannot go from % to %', tg_table_name, old, new
    using errcode = 'check_violation', constraint = tg_argv[0];
end $function$
;

CREATE TRIGGER appointment_person BEFORE UPDATE OF patient_id ON booking.appointment FOR EACH ROW WHEN ((old.patient_id IS DISTINCT FROM new.patient_id)) EXECUTE FUNCTION booking.refuse_step('appointment_person');

CREATE TRIGGER appointment_status_graph BEFORE UPDATE OF status ON booking.appointment FOR EACH ROW WHEN (((old.status IS DISTINCT FROM new.status) AND (((((((((((((((((((((old.status <> 'held'::text) OR (new.status <> 'booked'::text)) AND ((old.status <> 'held'::text) OR (new.status <> 'cancelled'::text))) AND ((old.status <> 'held'::text) OR (new.status <> 'lapsed'::text))) AND ((old.status <> 'held'::text) OR (new.status <> 'stopped'::text))) AND ((old.status <> 'held'::text) OR (new.status <> 'void'::text))) AND ((old.status <> 'booked'::text) OR (new.status <> 'checked_in'::text))) AND ((old.status <> 'booked'::text) OR (new.status <> 'fulfilled'::text))) AND ((old.status <> 'booked'::text) OR (new.status <> 'cancelled'::text))) AND ((old.status <> 'booked'::text) OR (new.status <> 'noshow'::text))) AND ((old.status <> 'booked'::text) OR (new.status <> 'stopped'::text))) AND ((old.status <> 'booked'::text) OR (new.status <> 'void'::text))) AND ((old.status <> 'checked_in'::text) OR (new.status <> 'called'::text))) AND ((old.status <> 'checked_in'::text) OR (new.status <> 'noshow'::text))) AND ((old.status <> 'checked_in'::text) OR (new.status <> 'stopped'::text))) AND ((old.status <> 'checked_in'::text) OR (new.status <> 'cancelled'::text))) AND ((old.status <> 'called'::text) OR (new.status <> 'fulfilled'::text))) AND ((old.status <> 'called'::text) OR (new.status <> 'checked_in'::text))) AND ((old.status <> 'called'::text) OR (new.status <> 'noshow'::text))) AND ((old.status <> 'called'::text) OR (new.status <> 'stopped'::text))) AND ((old.status <> 'cancelled'::text) OR (new.status <> 'booked'::text))))) EXECUTE FUNCTION booking.refuse_step('appointment_status_graph');

CREATE TRIGGER slot_state_graph BEFORE UPDATE OF state ON booking.slot FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND ((((((((((((((((((((((((((((((((((((old.state <> 'unreleased'::text) OR (new.state <> 'free'::text)) AND ((old.state <> 'unreleased'::text) OR (new.state <> 'held'::text))) AND ((old.state <> 'unreleased'::text) OR (new.state <> 'booked'::text))) AND ((old.state <> 'unreleased'::text) OR (new.state <> 'cooling'::text))) AND ((old.state <> 'unreleased'::text) OR (new.state <> 'stopped'::text))) AND ((old.state <> 'unreleased'::text) OR (new.state <> 'void'::text))) AND ((old.state <> 'free'::text) OR (new.state <> 'held'::text))) AND ((old.state <> 'free'::text) OR (new.state <> 'booked'::text))) AND ((old.state <> 'free'::text) OR (new.state <> 'unreleased'::text))) AND ((old.state <> 'free'::text) OR (new.state <> 'stopped'::text))) AND ((old.state <> 'free'::text) OR (new.state <> 'void'::text))) AND ((old.state <> 'held'::text) OR (new.state <> 'booked'::text))) AND ((old.state <> 'held'::text) OR (new.state <> 'free'::text))) AND ((old.state <> 'held'::text) OR (new.state <> 'unreleased'::text))) AND ((old.state <> 'held'::text) OR (new.state <> 'cooling'::text))) AND ((old.state <> 'held'::text) OR (new.state <> 'stopped'::text))) AND ((old.state <> 'held'::text) OR (new.state <> 'void'::text))) AND ((old.state <> 'booked'::text) OR (new.state <> 'checked_in'::text))) AND ((old.state <> 'booked'::text) OR (new.state <> 'free'::text))) AND ((old.state <> 'booked'::text) OR (new.state <> 'unreleased'::text))) AND ((old.state <> 'booked'::text) OR (new.state <> 'cooling'::text))) AND ((old.state <> 'booked'::text) OR (new.state <> 'stopped'::text))) AND ((old.state <> 'booked'::text) OR (new.state <> 'void'::text))) AND ((old.state <> 'checked_in'::text) OR (new.state <> 'booked'::text))) AND ((old.state <> 'checked_in'::text) OR (new.state <> 'stopped'::text))) AND ((old.state <> 'cooling'::text) OR (new.state <> 'free'::text))) AND ((old.state <> 'cooling'::text) OR (new.state <> 'held'::text))) AND ((old.state <> 'cooling'::text) OR (new.state <> 'booked'::text))) AND ((old.state <> 'cooling'::text) OR (new.state <> 'unreleased'::text))) AND ((old.state <> 'cooling'::text) OR (new.state <> 'stopped'::text))) AND ((old.state <> 'cooling'::text) OR (new.state <> 'void'::text))) AND ((old.state <> 'stopped'::text) OR (new.state <> 'free'::text))) AND ((old.state <> 'stopped'::text) OR (new.state <> 'unreleased'::text))) AND ((old.state <> 'stopped'::text) OR (new.state <> 'cooling'::text))) AND ((old.state <> 'void'::text) OR (new.state <> 'unreleased'::text))))) EXECUTE FUNCTION booking.refuse_step('slot_state_graph');

-- schema evidence

create table evidence.checkpoint (
  origin text not null,
  size bigint not null,
  note text not null,
  signed_at timestamp with time zone not null,
  constraint checkpoint_size_check CHECK ((size >= 0)),
  constraint checkpoint_pkey PRIMARY KEY (origin, size)
);

create table evidence.cosignature (
  origin text not null,
  size bigint not null,
  witness text not null,
  line text not null,
  constraint cosignature_origin_size_fkey FOREIGN KEY (origin, size) REFERENCES evidence.checkpoint(origin, size),
  constraint cosignature_pkey PRIMARY KEY (origin, size, witness)
);

create table evidence.early_event (
  subject text not null,
  version integer not null,
  event_id uuid not null,
  constraint early_event_pkey PRIMARY KEY (subject, version)
);

create table evidence.leaf (
  index bigint not null,
  event_id uuid not null,
  data bytea not null,
  constraint leaf_data_check CHECK (((octet_length(data) >= 1) AND (octet_length(data) <= 65535))),
  constraint leaf_index_check CHECK ((index >= 0)),
  constraint leaf_pkey PRIMARY KEY (index),
  constraint leaf_event UNIQUE (event_id)
);

create table evidence.log (
  only_row boolean not null default true,
  origin text not null,
  vkey text not null,
  size bigint not null,
  root bytea not null,
  constraint log_only_row_check CHECK (only_row),
  constraint log_root_check CHECK ((octet_length(root) = 32)),
  constraint log_size_check CHECK ((size >= 0)),
  constraint log_pkey PRIMARY KEY (only_row)
);

create table evidence.renewal (
  n integer not null,
  old_origin text not null,
  old_vkey text not null,
  old_size bigint not null,
  old_checkpoint text not null,
  new_origin text not null,
  new_vkey text not null,
  event_id uuid not null,
  at timestamp with time zone not null,
  constraint renewal_n_check CHECK ((n >= 1)),
  constraint renewal_other_origin CHECK ((new_origin <> old_origin)),
  constraint renewal_pkey PRIMARY KEY (n),
  constraint renewal_new_origin UNIQUE (new_origin),
  constraint renewal_once UNIQUE (old_origin)
);

create table evidence.subject (
  subject text not null,
  version integer not null,
  constraint subject_pkey PRIMARY KEY (subject)
);

create table evidence.tile (
  level integer not null,
  index bigint not null,
  hashes bytea not null,
  root bytea not null,
  constraint tile_hashes_check CHECK ((octet_length(hashes) = 8192)),
  constraint tile_index_check CHECK ((index >= 0)),
  constraint tile_level_check CHECK (((level >= 0) AND (level <= 7))),
  constraint tile_root_check CHECK ((octet_length(root) = 32)),
  constraint tile_pkey PRIMARY KEY (level, index)
);

CREATE INDEX cosignature_by_witness ON evidence.cosignature USING btree (origin, witness, size);

CREATE TRIGGER checkpoint_append_only BEFORE DELETE OR UPDATE ON evidence.checkpoint FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();

CREATE TRIGGER leaf_append_only BEFORE DELETE OR UPDATE ON evidence.leaf FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();

CREATE TRIGGER renewal_append_only BEFORE DELETE OR UPDATE ON evidence.renewal FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();

CREATE TRIGGER tile_append_only BEFORE DELETE OR UPDATE ON evidence.tile FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();

-- schema gate

create table gate.early_page (
  room_id uuid not null,
  page smallint not null,
  bits bytea not null,
  constraint early_page_bits_check CHECK ((length(bits) = 8192)),
  constraint early_page_page_check CHECK (((page >= 0) AND (page <= 31))),
  constraint early_page_room_id_fkey FOREIGN KEY (room_id) REFERENCES gate.room(id),
  constraint early_page_pkey PRIMARY KEY (room_id, page)
);

create table gate.room (
  id uuid not null,
  hospital_id uuid not null,
  opens_at timestamp with time zone not null,
  state text not null default 'announced'::text,
  sealed_release_key bytea not null,
  release_key_sha256 bytea not null,
  announced_at timestamp with time zone not null,
  opened_at timestamp with time zone,
  closed_at timestamp with time zone,
  early_count integer not null default 0,
  late_reserved bigint not null default 0,
  late_issued bigint not null default 0,
  late_up_to bigint not null default 0,
  early_up_to text not null default '0000000000000000'::text,
  advanced_at timestamp with time zone not null,
  version integer not null default 1,
  constraint room_closed CHECK (((state = 'closed'::text) = (closed_at IS NOT NULL))),
  constraint room_early_count_check CHECK ((early_count >= 0)),
  constraint room_early_up_to_check CHECK ((early_up_to ~ '^[0-9a-f]{16}$'::text)),
  constraint room_late_marks CHECK (((late_up_to <= late_issued) AND (late_issued <= late_reserved))),
  constraint room_opened CHECK (((state = 'announced'::text) = (opened_at IS NULL))),
  constraint room_release_key_sha256_check CHECK ((length(release_key_sha256) = 32)),
  constraint room_state_check CHECK ((state = ANY (ARRAY['announced'::text, 'open'::text, 'closed'::text]))),
  constraint room_pkey PRIMARY KEY (id),
  constraint room_moment UNIQUE (hospital_id, opens_at)
);

create table gate.slow_case (
  id uuid not null,
  room_id uuid not null,
  account_id uuid not null,
  patient_id uuid not null,
  extra_s integer not null,
  opened_at timestamp with time zone not null,
  sealed_appeal bytea,
  appealed_at timestamp with time zone,
  version integer not null default 1,
  constraint slow_case_appealed CHECK (((appealed_at IS NULL) = (sealed_appeal IS NULL))),
  constraint slow_case_extra_s_check CHECK (((extra_s >= 1) AND (extra_s <= 60))),
  constraint slow_case_room_id_fkey FOREIGN KEY (room_id) REFERENCES gate.room(id),
  constraint slow_case_pkey PRIMARY KEY (id),
  constraint slow_case_once UNIQUE (room_id, account_id, patient_id)
);

CREATE INDEX room_active ON gate.room USING btree (opens_at) WHERE (state <> 'closed'::text);

-- schema his

create table his.booking_order (
  hospital_id uuid not null,
  appointment_id uuid not null,
  number_id text not null,
  wanted text not null,
  known text not null default 'cancelled'::text,
  version integer not null,
  tries integer not null default 0,
  next_at timestamp with time zone not null,
  error text,
  constraint booking_order_known_check CHECK ((known = ANY (ARRAY['confirmed'::text, 'cancelled'::text, 'unknown'::text, 'refused'::text]))),
  constraint booking_order_wanted_check CHECK ((wanted = ANY (ARRAY['confirmed'::text, 'cancelled'::text]))),
  constraint booking_order_pkey PRIMARY KEY (appointment_id, number_id)
);

create table his.schedule (
  hospital_id uuid not null,
  schedule_id text not null,
  session_id uuid not null,
  revision bigint not null default 0,
  applied_at timestamp with time zone,
  constraint schedule_pkey PRIMARY KEY (hospital_id, schedule_id)
);

create table his.work_item (
  id uuid not null,
  hospital_id uuid not null,
  kind text not null,
  number_id text not null,
  appointment_id uuid,
  reason text not null,
  created_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  constraint work_item_kind_check CHECK ((kind = ANY (ARRAY['taken-back-but-booked'::text, 'order-refused'::text]))),
  constraint work_item_pkey PRIMARY KEY (id)
);

CREATE INDEX booking_order_due ON his.booking_order USING btree (hospital_id, next_at) WHERE ((wanted <> known) AND (known <> 'refused'::text));

CREATE INDEX booking_order_number ON his.booking_order USING btree (number_id, version);

CREATE UNIQUE INDEX work_item_open ON his.work_item USING btree (hospital_id, kind, number_id, appointment_id) NULLS NOT DISTINCT WHERE (closed_at IS NULL);

-- schema identity

create table identity.account (
  id uuid not null,
  sealed_phone bytea not null,
  phone_index bytea not null,
  elder_mode boolean not null default false,
  created_at timestamp with time zone not null,
  constraint account_pkey PRIMARY KEY (id),
  constraint account_phone UNIQUE (phone_index)
);

create table identity.outbox_message (
  id uuid not null,
  channel text not null,
  purpose text not null,
  sealed_to bytea not null,
  sealed_text bytea not null,
  created_at timestamp with time zone not null,
  constraint outbox_message_purpose_check CHECK ((purpose = ANY (ARRAY['code'::text, 'notice'::text]))),
  constraint outbox_message_pkey PRIMARY KEY (id)
);

create table identity.patient (
  id uuid not null,
  sealed_name bytea not null,
  document_type text not null,
  sealed_document_number bytea not null,
  document_index bytea not null,
  birth_date date,
  sex text not null default 'unknown'::text,
  sealed_phone bytea,
  phone_index bytea,
  guardian_patient_id uuid,
  check_result text not null,
  check_source text not null,
  check_reference text not null default ''::text,
  checked_at timestamp with time zone not null,
  version integer not null default 1,
  created_at timestamp with time zone not null,
  constraint patient_check_result_check CHECK ((check_result = ANY (ARRAY['match'::text, 'mismatch'::text, 'unknown'::text, 'unavailable'::text, 'counter'::text, 'migrated'::text]))),
  constraint patient_sex_check CHECK ((sex = ANY (ARRAY['male'::text, 'female'::text, 'unknown'::text]))),
  constraint patient_guardian_patient_id_fkey FOREIGN KEY (guardian_patient_id) REFERENCES identity.patient(id),
  constraint patient_pkey PRIMARY KEY (id),
  constraint patient_document UNIQUE (document_index)
);

create table identity.real_name_attempt (
  id uuid not null,
  account_id uuid not null,
  created_at timestamp with time zone not null,
  constraint real_name_attempt_account_id_fkey FOREIGN KEY (account_id) REFERENCES identity.account(id),
  constraint real_name_attempt_pkey PRIMARY KEY (id)
);

create table identity.related_person (
  account_id uuid not null,
  patient_id uuid not null,
  relation text not null,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint related_person_relation_check CHECK ((relation = ANY (ARRAY['self'::text, 'child'::text, 'parent'::text, 'spouse'::text, 'other'::text]))),
  constraint related_person_account_id_fkey FOREIGN KEY (account_id) REFERENCES identity.account(id),
  constraint related_person_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES identity.patient(id),
  constraint related_person_pkey PRIMARY KEY (account_id, patient_id, created_at)
);

create table identity.session (
  id uuid not null,
  account_id uuid,
  staff_id uuid,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  user_agent text not null default ''::text,
  constraint session_one_owner CHECK ((num_nonnulls(account_id, staff_id) = 1)),
  constraint session_account_id_fkey FOREIGN KEY (account_id) REFERENCES identity.account(id),
  constraint session_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES identity.staff(id),
  constraint session_pkey PRIMARY KEY (id)
);

create table identity.setup_code (
  only_row boolean not null default true,
  code_hash bytea not null,
  tries_left integer not null,
  created_at timestamp with time zone not null,
  constraint setup_code_only_row_check CHECK (only_row),
  constraint setup_code_tries_left_check CHECK ((tries_left >= 0)),
  constraint setup_code_pkey PRIMARY KEY (only_row)
);

create table identity.sign_in_code (
  id uuid not null,
  phone_index bytea not null,
  network text not null,
  code_hash bytea not null,
  tries_left integer not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint sign_in_code_tries_left_check CHECK ((tries_left >= 0)),
  constraint sign_in_code_pkey PRIMARY KEY (id)
);

create table identity.staff (
  id uuid not null,
  hospital_id uuid,
  username text not null,
  display_name text not null,
  password_hash text not null,
  roles text[] not null,
  failures integer not null default 0,
  locked_until timestamp with time zone,
  version integer not null default 1,
  created_at timestamp with time zone not null,
  disabled_at timestamp with time zone,
  constraint staff_roles_check CHECK ((cardinality(roles) > 0)),
  constraint staff_pkey PRIMARY KEY (id),
  constraint staff_username UNIQUE (username)
);

CREATE INDEX outbox_message_time ON identity.outbox_message USING btree (purpose, created_at DESC, id DESC);

CREATE INDEX patient_phone ON identity.patient USING btree (phone_index) WHERE (phone_index IS NOT NULL);

CREATE INDEX real_name_attempt_account ON identity.real_name_attempt USING btree (account_id, created_at);

CREATE INDEX related_person_patient ON identity.related_person USING btree (patient_id) WHERE (ended_at IS NULL);

CREATE INDEX session_staff ON identity.session USING btree (staff_id) WHERE ((staff_id IS NOT NULL) AND (ended_at IS NULL));

CREATE INDEX sign_in_code_network ON identity.sign_in_code USING btree (network, created_at);

CREATE INDEX sign_in_code_phone ON identity.sign_in_code USING btree (phone_index, created_at);

CREATE UNIQUE INDEX related_person_active ON identity.related_person USING btree (account_id, patient_id) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX related_person_self ON identity.related_person USING btree (account_id) WHERE ((ended_at IS NULL) AND (relation = 'self'::text));

-- schema notify

create table notify.notice (
  id uuid not null,
  event_id uuid not null,
  hospital_id uuid,
  patient_id uuid not null,
  kind text not null,
  matter text not null,
  sealed_title bytea not null,
  sealed_text bytea not null,
  link text,
  accounts integer not null,
  created_at timestamp with time zone not null,
  constraint notice_accounts_check CHECK ((accounts >= 0)),
  constraint notice_kind_check CHECK ((kind = ANY (ARRAY['placed'::text, 'placed_return'::text, 'unplaced'::text, 'excluded'::text, 'displaced'::text, 'offer'::text, 'wish_asked'::text, 'wish_ended'::text, 'lapsed'::text, 'stopped'::text]))),
  constraint notice_pkey PRIMARY KEY (id),
  constraint notice_event UNIQUE (event_id),
  constraint notice_matter UNIQUE (patient_id, matter)
);

create table notify.notice_read (
  account_id uuid not null,
  notice_id uuid not null,
  read_at timestamp with time zone not null,
  constraint notice_read_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notify.notice(id),
  constraint notice_read_pkey PRIMARY KEY (account_id, notice_id)
);

create table notify.sms_choice (
  account_id uuid not null,
  wanted boolean not null,
  changed_at timestamp with time zone not null,
  constraint sms_choice_pkey PRIMARY KEY (account_id)
);

create table notify.sms_message (
  id uuid not null,
  notice_id uuid not null,
  phone_index bytea not null,
  sealed_to bytea not null,
  sealed_text bytea not null,
  state text not null,
  due_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  tries integer not null default 0,
  failure text,
  sent_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint sms_message_failed CHECK (((state <> 'failed'::text) OR (failure IS NOT NULL))),
  constraint sms_message_sent CHECK (((state = 'sent'::text) = (sent_at IS NOT NULL))),
  constraint sms_message_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'waiting_for_morning'::text, 'sent'::text, 'failed'::text]))),
  constraint sms_message_tries_check CHECK ((tries >= 0)),
  constraint sms_message_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notify.notice(id),
  constraint sms_message_pkey PRIMARY KEY (id),
  constraint sms_message_once UNIQUE (notice_id, phone_index)
);

create view notify.unreachable_message as
 SELECT id AS notice_id,
    hospital_id,
    patient_id,
    kind,
    created_at
   FROM notify.notice n
  WHERE ((accounts = 0) AND (NOT (EXISTS ( SELECT
           FROM notify.sms_message m
          WHERE ((m.notice_id = n.id) AND (m.state <> 'failed'::text))))));

CREATE INDEX notice_patient ON notify.notice USING btree (patient_id, id DESC);

CREATE INDEX sms_message_due ON notify.sms_message USING btree (state, expires_at, due_at, id) WHERE (state = ANY (ARRAY['queued'::text, 'waiting_for_morning'::text]));

-- schema paper

create table paper.edition (
  id uuid not null,
  hospital_id uuid not null,
  kind text not null,
  due_at timestamp with time zone not null,
  service_date date not null,
  claimed_until timestamp with time zone not null,
  attempts integer not null default 1,
  written_at timestamp with time zone,
  sessions integer not null default 0,
  numbers integer not null default 0,
  booked integer not null default 0,
  on_site_free integer not null default 0,
  failed integer not null default 0,
  constraint edition_kind_check CHECK ((kind = ANY (ARRAY['evening'::text, 'morning'::text, 'manual'::text]))),
  constraint edition_pkey PRIMARY KEY (id),
  constraint edition_once UNIQUE (hospital_id, kind, due_at)
);

create table paper.file (
  id uuid not null,
  edition_id uuid not null,
  hospital_id uuid not null,
  campus_name text not null,
  department_name text not null,
  format text not null,
  path text not null,
  bytes integer not null,
  sha256 text not null,
  constraint file_bytes_check CHECK ((bytes > 0)),
  constraint file_format_check CHECK ((format = ANY (ARRAY['pdf'::text, 'csv'::text]))),
  constraint file_edition_id_fkey FOREIGN KEY (edition_id) REFERENCES paper.edition(id),
  constraint file_pkey PRIMARY KEY (id),
  constraint file_once UNIQUE (edition_id, path)
);

create table paper.record (
  id uuid not null,
  hospital_id uuid not null,
  sha256 text not null,
  service_date date not null,
  typed_by text not null,
  typed_at timestamp with time zone not null,
  report jsonb not null default '{}'::jsonb,
  constraint record_pkey PRIMARY KEY (id),
  constraint record_once UNIQUE (hospital_id, sha256)
);

CREATE INDEX edition_day ON paper.edition USING btree (hospital_id, service_date);

-- schema platform

create table platform.event (
  tx xid8 not null default pg_current_xact_id(),
  id uuid not null,
  hospital_id uuid,
  name text not null,
  subject text not null,
  version integer not null,
  person_id uuid,
  actor text not null,
  payload jsonb not null,
  occurred_at timestamp with time zone not null,
  constraint event_version_check CHECK ((version > 0)),
  constraint event_pkey PRIMARY KEY (id),
  constraint event_subject_version UNIQUE (subject, version)
);

create table platform.idempotency (
  scope text not null,
  key text not null,
  fingerprint text not null,
  answer jsonb not null,
  created_at timestamp with time zone not null,
  constraint idempotency_pkey PRIMARY KEY (scope, key)
);

create table platform.parked_event (
  subscription text not null,
  event_id uuid not null,
  error text not null,
  parked_at timestamp with time zone not null,
  constraint parked_event_pkey PRIMARY KEY (subscription, event_id)
);

create table platform.person_key (
  person_id uuid not null,
  sealed_key bytea not null,
  created_at timestamp with time zone not null,
  constraint person_key_pkey PRIMARY KEY (person_id)
);

create table platform.setting (
  name text not null,
  value jsonb not null,
  constraint setting_pkey PRIMARY KEY (name)
);

create table platform.subscription (
  name text not null,
  tx xid8 not null default '0'::xid8,
  id uuid not null default '00000000-0000-0000-0000-000000000000'::uuid,
  failures integer not null default 0,
  constraint subscription_pkey PRIMARY KEY (name)
);

CREATE INDEX event_order ON platform.event USING btree (tx, id);

CREATE OR REPLACE FUNCTION platform.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $function$
;

CREATE TRIGGER event_append_only BEFORE DELETE OR UPDATE ON platform.event FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();

-- schema public

create table public.migration (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (number)
);

-- schema release

create table release.beacon_round (
  chain text not null,
  round bigint not null,
  signature text not null,
  source text not null,
  received_at timestamp with time zone not null,
  constraint beacon_round_pkey PRIMARY KEY (chain, round)
);

create table release.dice_throw (
  draw_id uuid not null,
  n integer not null,
  typed_by text not null,
  throws text not null,
  typed_at timestamp with time zone not null,
  constraint dice_throw_n_check CHECK ((n >= 0)),
  constraint dice_throw_throws_check CHECK ((throws ~ '^[1-6]{50,}$'::text)),
  constraint dice_throw_draw_id_fkey FOREIGN KEY (draw_id) REFERENCES release.draw(id),
  constraint dice_throw_pkey PRIMARY KEY (draw_id, n, typed_by)
);

create table release.displaced (
  id uuid not null,
  hospital_id uuid not null,
  draw_id uuid not null,
  entry_id text not null,
  place integer not null,
  patient_id uuid not null,
  session_id uuid not null,
  healthcare_service_id uuid not null,
  service_date date not null,
  rank integer not null,
  stopped_at timestamp with time zone not null,
  state text not null default 'waiting'::text,
  offered_session_id uuid,
  offered_appointment_id uuid,
  version integer not null default 0,
  constraint displaced_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'offered'::text, 'taken'::text, 'refunded'::text, 'ended'::text]))),
  constraint displaced_draw_id_fkey FOREIGN KEY (draw_id) REFERENCES release.draw(id),
  constraint displaced_pkey PRIMARY KEY (id),
  constraint displaced_once UNIQUE (draw_id, entry_id, place)
);

create table release.draw (
  id uuid not null,
  hospital_id uuid not null,
  code text not null,
  number integer not null,
  draw_group text not null,
  state text not null,
  kind text not null,
  opens_at timestamp with time zone not null,
  closes_at timestamp with time zone not null,
  seal_by timestamp with time zone not null,
  round bigint,
  round_at timestamp with time zone not null,
  confirm_until timestamp with time zone not null,
  manifest text not null,
  manifest_hash text not null,
  rules jsonb not null default '{}'::jsonb,
  announced_event_id uuid not null,
  root text,
  seal text,
  entries integer,
  sealed_at timestamp with time zone,
  sealed_event_id uuid,
  published_json text,
  seal_json text,
  beacon_json text,
  drawn_at timestamp with time zone,
  closed_event_id uuid,
  closed_json text,
  version integer not null default 1,
  constraint draw_kind_check CHECK ((kind = ANY (ARRAY['first'::text, 'batch'::text, 'shadow'::text]))),
  constraint draw_number_check CHECK ((number > 0)),
  constraint draw_state_check CHECK ((state = ANY (ARRAY['announced'::text, 'sealed'::text, 'drawn'::text, 'closed'::text, 'burnt'::text]))),
  constraint draw_pkey PRIMARY KEY (id),
  constraint draw_code UNIQUE (code),
  constraint draw_manifest UNIQUE (manifest_hash),
  constraint draw_number UNIQUE (hospital_id, number)
);

create table release.draw_log (
  draw_id uuid not null,
  n integer not null,
  line text not null,
  place integer,
  entry_id text,
  kind text not null,
  at timestamp with time zone not null,
  constraint draw_log_n_check CHECK ((n > 0)),
  constraint draw_log_draw_id_fkey FOREIGN KEY (draw_id) REFERENCES release.draw(id),
  constraint draw_log_pkey PRIMARY KEY (draw_id, n)
);

create table release.draw_place (
  draw_id uuid not null,
  place integer not null,
  slot_id uuid not null,
  session_id uuid not null,
  excluded_account_id uuid,
  excluded_patient_id uuid,
  joined integer,
  constraint draw_place_joined_check CHECK ((joined > 0)),
  constraint draw_place_place_check CHECK ((place >= 0)),
  constraint draw_place_draw_id_fkey FOREIGN KEY (draw_id) REFERENCES release.draw(id),
  constraint draw_place_pkey PRIMARY KEY (draw_id, place),
  constraint draw_place_slot UNIQUE (draw_id, slot_id)
);

create table release.draw_return (
  draw_id uuid not null,
  n integer not null,
  closes_at timestamp with time zone not null,
  round bigint,
  round_at timestamp with time zone not null,
  confirm_until timestamp with time zone not null,
  notice_days integer not null,
  state text not null default 'waiting'::text,
  returns_jsonl text,
  returns_hash text,
  sealed_at timestamp with time zone,
  sealed_event_id uuid,
  seal_json text,
  beacon_json text,
  drawn_at timestamp with time zone,
  version integer not null default 0,
  constraint draw_return_n_check CHECK ((n > 0)),
  constraint draw_return_sealed CHECK (((state <> ALL (ARRAY['sealed'::text, 'drawn'::text])) OR (returns_jsonl IS NOT NULL))),
  constraint draw_return_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'empty'::text, 'sealed'::text, 'drawn'::text, 'missed'::text]))),
  constraint draw_return_draw_id_fkey FOREIGN KEY (draw_id) REFERENCES release.draw(id),
  constraint draw_return_pkey PRIMARY KEY (draw_id, n)
);

create table release.draw_session (
  draw_id uuid not null,
  session_id uuid not null,
  constraint draw_session_draw_id_fkey FOREIGN KEY (draw_id) REFERENCES release.draw(id),
  constraint draw_session_pkey PRIMARY KEY (draw_id, session_id)
);

create table release.entry (
  draw_id uuid not null,
  id text not null,
  patient_id uuid not null,
  person_tag bytea not null,
  ordinal integer not null default 1,
  line text not null,
  sealed_nonce bytea,
  secret_hash text not null,
  receipt text not null,
  channel text not null,
  account_id uuid,
  device_key_id text,
  payer_reference text,
  phone_index bytea,
  entered_by text not null,
  entered_at timestamp with time zone not null,
  is_family boolean not null default false,
  wish_id uuid,
  carried_from text,
  notice_days integer not null default 2,
  losses integer not null default 0,
  traits text[] not null default '{}'::text[],
  version integer not null default 1,
  withdrawn_at timestamp with time zone,
  secret text,
  rank_key text,
  rank integer,
  place integer,
  return_n integer,
  return_place integer,
  left_at timestamp with time zone,
  appointment_id uuid,
  constraint entry_id_check CHECK ((id ~ '^[0-9a-f]{64}$'::text)),
  constraint entry_one_place CHECK (((place IS NULL) OR (return_place IS NULL))),
  constraint entry_return CHECK (((return_n IS NULL) = (return_place IS NULL))),
  constraint entry_withdrawn_shows_secret CHECK (((withdrawn_at IS NULL) = (secret IS NULL))),
  constraint entry_draw_id_fkey FOREIGN KEY (draw_id) REFERENCES release.draw(id),
  constraint entry_wish_id_fkey FOREIGN KEY (wish_id) REFERENCES release.wish(id),
  constraint entry_pkey PRIMARY KEY (draw_id, id),
  constraint entry_wish UNIQUE (draw_id, wish_id)
) with (fillfactor=60);

create table release.pending_cancel (
  draw_id uuid not null,
  place integer not null,
  entry_id text,
  due_at timestamp with time zone not null,
  constraint pending_cancel_pkey PRIMARY KEY (draw_id, place)
);

create table release.plan (
  id uuid not null,
  hospital_id uuid not null,
  healthcare_service_id uuid not null,
  version integer not null,
  method text not null,
  effective_from date not null,
  advance_days integer not null,
  release_time time without time zone not null,
  same_day_share numeric not null default 0,
  same_day_time time without time zone not null default '07:00:00'::time without time zone,
  on_site_share numeric not null,
  on_site_time time without time zone not null default '07:00:00'::time without time zone,
  on_site_zero_reason text,
  draw_group text not null,
  draw_rhythm jsonb,
  shadow boolean not null default false,
  draw_rules jsonb not null default '{}'::jsonb,
  created_by text not null,
  created_at timestamp with time zone not null,
  constraint plan_advance_days_check CHECK (((advance_days >= 0) AND (advance_days <= 365))),
  constraint plan_draw_group_check CHECK ((draw_group ~ '^[A-Za-z0-9._-]{1,64}$'::text)),
  constraint plan_draw_has_rhythm CHECK ((((method = 'draw'::text) OR shadow) = (draw_rhythm IS NOT NULL))),
  constraint plan_method_check CHECK ((method = ANY (ARRAY['order'::text, 'draw'::text]))),
  constraint plan_on_site_share_check CHECK (((on_site_share >= (0)::numeric) AND (on_site_share <= (1)::numeric))),
  constraint plan_same_day_share_check CHECK (((same_day_share >= (0)::numeric) AND (same_day_share <= (1)::numeric))),
  constraint plan_shadow_in_order CHECK (((NOT shadow) OR (method = 'order'::text))),
  constraint plan_version_check CHECK ((version > 0)),
  constraint plan_zero_on_site_has_reason CHECK (((on_site_share > (0)::numeric) OR (on_site_zero_reason IS NOT NULL))),
  constraint plan_pkey PRIMARY KEY (id),
  constraint plan_version UNIQUE (healthcare_service_id, version)
);

create table release.plan_proposal (
  id uuid not null,
  hospital_id uuid not null,
  healthcare_service_id uuid not null,
  draft jsonb not null,
  reason text,
  state text not null default 'proposed'::text,
  proposed_by text not null,
  proposed_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  constraint plan_proposal_decided CHECK (((state = 'proposed'::text) = (decided_by IS NULL))),
  constraint plan_proposal_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'approved'::text, 'refused'::text]))),
  constraint plan_proposal_two_people CHECK ((decided_by IS DISTINCT FROM proposed_by)),
  constraint plan_proposal_pkey PRIMARY KEY (id)
);

create table release.pre_review (
  id uuid not null,
  hospital_id uuid not null,
  draw_group text not null,
  patient_id uuid not null,
  sealed_record bytea not null,
  submitted_by text not null,
  submitted_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  state text not null default 'waiting'::text,
  decided_by text,
  decided_at timestamp with time zone,
  reason text,
  other_service_id uuid,
  sealed_appeal bytea,
  version integer not null default 1,
  constraint pre_review_refusal CHECK (((state <> 'refused'::text) OR ((reason IS NOT NULL) AND (other_service_id IS NOT NULL)))),
  constraint pre_review_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'accepted'::text, 'refused'::text, 'appealed'::text]))),
  constraint pre_review_pkey PRIMARY KEY (id)
);

create table release.recommendation (
  id uuid not null,
  hospital_id uuid not null,
  healthcare_service_id uuid not null,
  month date not null,
  fast_sessions integer not null,
  fastest_s integer not null,
  state text not null default 'proposed'::text,
  decided_by text,
  decided_at timestamp with time zone,
  constraint recommendation_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'taken'::text, 'declined'::text]))),
  constraint recommendation_pkey PRIMARY KEY (id),
  constraint recommendation_month UNIQUE (healthcare_service_id, month)
);

create table release.return_rank (
  draw_id uuid not null,
  n integer not null,
  rank integer not null,
  entry_id text not null,
  rank_key text not null,
  place integer,
  constraint return_rank_draw_id_n_fkey FOREIGN KEY (draw_id, n) REFERENCES release.draw_return(draw_id, n),
  constraint return_rank_pkey PRIMARY KEY (draw_id, n, rank)
);

create table release.session_release (
  session_id uuid not null,
  hospital_id uuid not null,
  healthcare_service_id uuid not null,
  service_date date not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  plan_id uuid,
  method text,
  online_at timestamp with time zone,
  same_day_at timestamp with time zone,
  on_site_at timestamp with time zone,
  online_done_at timestamp with time zone,
  same_day_done_at timestamp with time zone,
  on_site_done_at timestamp with time zone,
  batch_until timestamp with time zone,
  evening_done_at timestamp with time zone,
  constraint session_release_method_check CHECK ((method = ANY (ARRAY['order'::text, 'draw'::text]))),
  constraint session_release_planned CHECK ((((plan_id IS NULL) = (method IS NULL)) AND ((plan_id IS NULL) = (online_at IS NULL)))),
  constraint session_release_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES release.plan(id),
  constraint session_release_pkey PRIMARY KEY (session_id)
);

create table release.wish (
  id uuid not null,
  hospital_id uuid not null,
  draw_group text not null,
  patient_id uuid not null,
  healthcare_service_ids uuid[] not null,
  any_service boolean not null default false,
  from_date date not null,
  to_date date not null,
  notice_days integer not null default 2,
  sealed_secret bytea not null,
  channel text not null,
  account_id uuid,
  device_key_id text,
  payer_reference text,
  phone_index bytea,
  is_family boolean not null default false,
  entered_by text not null,
  created_at timestamp with time zone not null,
  draws_passed integer not null default 0,
  state text not null default 'active'::text,
  version integer not null default 1,
  constraint wish_check CHECK ((to_date >= from_date)),
  constraint wish_healthcare_service_ids_check CHECK ((cardinality(healthcare_service_ids) <= 10)),
  constraint wish_names_something CHECK ((any_service OR (cardinality(healthcare_service_ids) > 0))),
  constraint wish_notice_days_check CHECK (((notice_days >= 0) AND (notice_days <= 30))),
  constraint wish_state_check CHECK ((state = ANY (ARRAY['active'::text, 'asked'::text, 'won'::text, 'withdrawn'::text, 'expired'::text]))),
  constraint wish_pkey PRIMARY KEY (id)
);

create table release.wish_pass (
  draw_id uuid not null,
  wish_id uuid not null,
  constraint wish_pass_draw_id_fkey FOREIGN KEY (draw_id) REFERENCES release.draw(id),
  constraint wish_pass_wish_id_fkey FOREIGN KEY (wish_id) REFERENCES release.wish(id),
  constraint wish_pass_pkey PRIMARY KEY (draw_id, wish_id)
);

CREATE INDEX displaced_appointment ON release.displaced USING btree (offered_appointment_id) WHERE (offered_appointment_id IS NOT NULL);

CREATE INDEX displaced_waiting ON release.displaced USING btree (hospital_id, healthcare_service_id) WHERE (state = 'waiting'::text);

CREATE INDEX draw_place_of_slot ON release.draw_place USING btree (slot_id);

CREATE INDEX draw_return_due ON release.draw_return USING btree (closes_at) WHERE (state = ANY (ARRAY['waiting'::text, 'sealed'::text]));

CREATE INDEX draw_session_session ON release.draw_session USING btree (session_id);

CREATE INDEX draw_state ON release.draw USING btree (state, closes_at);

CREATE INDEX entry_account ON release.entry USING btree (account_id, draw_id) WHERE (account_id IS NOT NULL);

CREATE INDEX entry_of_wish ON release.entry USING btree (wish_id) WHERE (wish_id IS NOT NULL);

CREATE INDEX entry_patient ON release.entry USING btree (patient_id, draw_id);

CREATE INDEX entry_receipt ON release.entry USING btree (id);

CREATE INDEX entry_visit ON release.entry USING btree (appointment_id) WHERE (appointment_id IS NOT NULL);

CREATE INDEX pre_review_patient ON release.pre_review USING btree (patient_id, draw_group, decided_at);

CREATE INDEX session_release_evening ON release.session_release USING btree (batch_until) WHERE (evening_done_at IS NULL);

CREATE INDEX session_release_on_site ON release.session_release USING btree (on_site_at) WHERE (on_site_done_at IS NULL);

CREATE INDEX session_release_online ON release.session_release USING btree (online_at) WHERE (online_done_at IS NULL);

CREATE INDEX session_release_same_day ON release.session_release USING btree (same_day_at) WHERE (same_day_done_at IS NULL);

CREATE INDEX session_release_service ON release.session_release USING btree (healthcare_service_id, service_date);

CREATE INDEX wish_group ON release.wish USING btree (hospital_id, draw_group) WHERE (state = 'active'::text);

CREATE UNIQUE INDEX entry_person ON release.entry USING btree (draw_id, person_tag) WHERE (withdrawn_at IS NULL);

CREATE UNIQUE INDEX plan_proposal_open ON release.plan_proposal USING btree (healthcare_service_id) WHERE (state = 'proposed'::text);

CREATE UNIQUE INDEX pre_review_open ON release.pre_review USING btree (patient_id, draw_group) WHERE (state = ANY (ARRAY['waiting'::text, 'appealed'::text]));

CREATE UNIQUE INDEX wish_person ON release.wish USING btree (patient_id, draw_group) WHERE (state = ANY (ARRAY['active'::text, 'asked'::text]));

-- schema schedule

create table schedule.campus (
  id uuid not null,
  hospital_id uuid not null,
  code text not null,
  name text not null,
  address text not null default ''::text,
  constraint campus_hospital_id_fkey FOREIGN KEY (hospital_id) REFERENCES schedule.hospital(id),
  constraint campus_pkey PRIMARY KEY (id),
  constraint campus_code UNIQUE (hospital_id, code)
);

create table schedule.department (
  id uuid not null,
  hospital_id uuid not null,
  campus_id uuid not null,
  code text not null,
  name text not null,
  specialty_code text not null,
  place text not null default ''::text,
  constraint department_campus_id_fkey FOREIGN KEY (campus_id) REFERENCES schedule.campus(id),
  constraint department_hospital_id_fkey FOREIGN KEY (hospital_id) REFERENCES schedule.hospital(id),
  constraint department_pkey PRIMARY KEY (id),
  constraint department_code UNIQUE (hospital_id, code)
);

create table schedule.healthcare_service (
  id uuid not null,
  hospital_id uuid not null,
  department_id uuid not null,
  practitioner_id uuid,
  code text not null,
  name text not null,
  level text not null,
  title text not null default ''::text,
  registration_fee_fen integer not null default 0,
  consultation_fee_fen integer not null default 0,
  time_critical text,
  constraint healthcare_service_consultation_fee_fen_check CHECK ((consultation_fee_fen >= 0)),
  constraint healthcare_service_level_check CHECK ((level = ANY (ARRAY['ordinary'::text, 'associate_chief'::text, 'chief'::text, 'disease'::text, 'special'::text, 'team'::text, 'emergency'::text, 'convenience'::text]))),
  constraint healthcare_service_registration_fee_fen_check CHECK ((registration_fee_fen >= 0)),
  constraint healthcare_service_time_critical_check CHECK ((time_critical = ANY (ARRAY['emergency'::text, 'fever'::text, 'pediatric_ordinary'::text, 'antenatal'::text, 'dialysis'::text, 'oncology_follow_up'::text, 'rabies'::text, 'other'::text]))),
  constraint healthcare_service_department_id_fkey FOREIGN KEY (department_id) REFERENCES schedule.department(id),
  constraint healthcare_service_hospital_id_fkey FOREIGN KEY (hospital_id) REFERENCES schedule.hospital(id),
  constraint healthcare_service_practitioner_id_fkey FOREIGN KEY (practitioner_id) REFERENCES schedule.practitioner(id),
  constraint healthcare_service_pkey PRIMARY KEY (id),
  constraint healthcare_service_code UNIQUE (hospital_id, code)
);

create table schedule.hospital (
  id uuid not null,
  code text not null,
  name text not null,
  level text not null default ''::text,
  address text not null default ''::text,
  phone text not null default ''::text,
  created_at timestamp with time zone not null,
  constraint hospital_pkey PRIMARY KEY (id),
  constraint hospital_code UNIQUE (code)
);

create table schedule.import_run (
  id uuid not null,
  hospital_id uuid not null,
  kind text not null,
  file_name text not null,
  file_sha256 text not null,
  rows integer not null,
  created integer not null,
  updated integer not null,
  staff_id uuid,
  committed_at timestamp with time zone not null,
  constraint import_run_pkey PRIMARY KEY (id)
);

create table schedule.practitioner (
  id uuid not null,
  hospital_id uuid not null,
  code text not null,
  name text not null,
  title text not null,
  speciality text not null default ''::text,
  licence_number text,
  staff_id uuid,
  constraint practitioner_hospital_id_fkey FOREIGN KEY (hospital_id) REFERENCES schedule.hospital(id),
  constraint practitioner_pkey PRIMARY KEY (id),
  constraint practitioner_code UNIQUE (hospital_id, code)
);

create table schedule.session (
  id uuid not null,
  hospital_id uuid not null,
  healthcare_service_id uuid not null,
  practitioner_id uuid,
  practitioner_licence text,
  service_date date not null,
  period text not null,
  room text not null default ''::text,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  numbers integer not null,
  direct_pools jsonb not null default '{}'::jsonb,
  patient_bookings_max integer not null default 1,
  master text not null default 'own'::text,
  mode text not null default 'in_person'::text,
  status text not null default 'planned'::text,
  stop_reason text,
  version integer not null default 1,
  created_at timestamp with time zone not null,
  constraint session_check CHECK ((ends_at > starts_at)),
  constraint session_master_check CHECK ((master = ANY (ARRAY['own'::text, 'his'::text]))),
  constraint session_mode_check CHECK ((mode = ANY (ARRAY['in_person'::text, 'internet'::text]))),
  constraint session_numbers_check CHECK (((numbers >= 1) AND (numbers <= 100000))),
  constraint session_patient_bookings_max_check CHECK ((patient_bookings_max >= 1)),
  constraint session_period_check CHECK ((period = ANY (ARRAY['morning'::text, 'afternoon'::text, 'evening'::text]))),
  constraint session_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'stopped'::text]))),
  constraint session_stop_has_reason CHECK (((status <> 'stopped'::text) OR (stop_reason IS NOT NULL))),
  constraint session_healthcare_service_id_fkey FOREIGN KEY (healthcare_service_id) REFERENCES schedule.healthcare_service(id),
  constraint session_hospital_id_fkey FOREIGN KEY (hospital_id) REFERENCES schedule.hospital(id),
  constraint session_practitioner_id_fkey FOREIGN KEY (practitioner_id) REFERENCES schedule.practitioner(id),
  constraint session_pkey PRIMARY KEY (id),
  constraint session_once UNIQUE (healthcare_service_id, service_date, period)
);

create table schedule.template (
  id uuid not null,
  hospital_id uuid not null,
  healthcare_service_id uuid not null,
  weekday integer not null,
  period text not null,
  room text not null default ''::text,
  starts_at time without time zone not null,
  ends_at time without time zone not null,
  numbers integer not null,
  direct_pools jsonb not null default '{}'::jsonb,
  patient_bookings_max integer not null default 1,
  mode text not null default 'in_person'::text,
  created_at timestamp with time zone not null,
  effective_from date not null,
  effective_to date,
  constraint template_check CHECK ((ends_at > starts_at)),
  constraint template_mode_check CHECK ((mode = ANY (ARRAY['in_person'::text, 'internet'::text]))),
  constraint template_numbers_check CHECK (((numbers >= 1) AND (numbers <= 100000))),
  constraint template_patient_bookings_max_check CHECK ((patient_bookings_max >= 1)),
  constraint template_period_check CHECK ((period = ANY (ARRAY['morning'::text, 'afternoon'::text, 'evening'::text]))),
  constraint template_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7))),
  constraint template_healthcare_service_id_fkey FOREIGN KEY (healthcare_service_id) REFERENCES schedule.healthcare_service(id),
  constraint template_hospital_id_fkey FOREIGN KEY (hospital_id) REFERENCES schedule.hospital(id),
  constraint template_pkey PRIMARY KEY (id),
  constraint template_slot UNIQUE (healthcare_service_id, weekday, period, effective_from)
);

create view schedule.service_view as
 SELECT s.id,
    s.hospital_id,
    s.department_id,
    s.code,
    s.name,
    s.level,
    s.title,
    s.registration_fee_fen,
    s.consultation_fee_fen,
    s.time_critical,
    s.practitioner_id,
    p.name AS practitioner_name,
    p.title AS practitioner_title,
    p.speciality AS practitioner_speciality
   FROM (schedule.healthcare_service s
     LEFT JOIN schedule.practitioner p ON ((p.id = s.practitioner_id)));

create view schedule.session_view as
 SELECT e.id,
    e.hospital_id,
    h.name AS hospital_name,
    d.campus_id,
    c.name AS campus_name,
    s.department_id,
    d.name AS department_name,
    d.specialty_code,
    d.place,
    e.healthcare_service_id,
    s.name AS service_name,
    s.level,
    s.time_critical,
    s.registration_fee_fen,
    s.consultation_fee_fen,
    e.practitioner_id,
    p.name AS practitioner_name,
    COALESCE(p.title, NULLIF(s.title, ''::text)) AS practitioner_title,
    e.service_date,
    e.period,
    e.room,
    e.starts_at,
    e.ends_at,
    e.numbers,
    e.direct_pools,
    e.patient_bookings_max,
    e.master,
    e.mode,
    e.status,
    e.stop_reason,
    e.version
   FROM (((((schedule.session e
     JOIN schedule.hospital h ON ((h.id = e.hospital_id)))
     JOIN schedule.healthcare_service s ON ((s.id = e.healthcare_service_id)))
     JOIN schedule.department d ON ((d.id = s.department_id)))
     JOIN schedule.campus c ON ((c.id = d.campus_id)))
     LEFT JOIN schedule.practitioner p ON ((p.id = e.practitioner_id)));

CREATE INDEX healthcare_service_department ON schedule.healthcare_service USING btree (department_id);

CREATE INDEX import_run_hospital ON schedule.import_run USING btree (hospital_id, committed_at);

CREATE INDEX session_date ON schedule.session USING btree (hospital_id, service_date);

CREATE UNIQUE INDEX session_practitioner ON schedule.session USING btree (practitioner_id, service_date, period) WHERE ((practitioner_id IS NOT NULL) AND (status = 'planned'::text));

CREATE UNIQUE INDEX session_practitioner_licence ON schedule.session USING btree (practitioner_licence, service_date, period) WHERE ((practitioner_licence IS NOT NULL) AND (status = 'planned'::text));
