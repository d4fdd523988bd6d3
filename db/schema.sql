-- schema booking

create table booking.added_order (
  id uuid not null,
  hospital_id uuid not null,
  department_id uuid not null,
  session_id uuid not null,
  practitioner_id uuid,
  patient_id uuid not null,
  reason text not null,
  state text not null,
  quota integer not null,
  within_quota boolean not null,
  asked_by text not null,
  asked_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  refusal text,
  appointment_id uuid,
  version integer not null default 1,
  constraint added_order_decided CHECK (((state = 'asked'::text) = (decided_at IS NULL))),
  constraint added_order_given CHECK (((state = 'given'::text) = (appointment_id IS NOT NULL))),
  constraint added_order_quota_check CHECK ((quota >= 0)),
  constraint added_order_reason_check CHECK ((reason = ANY (ARRAY['condition'::text, 'post_discharge'::text, 'result'::text, 'far'::text, 'medicine'::text, 'staff'::text]))),
  constraint added_order_refusal_check CHECK ((refusal = ANY (ARRAY['room'::text, 'other_day'::text, 'other_doctor'::text]))),
  constraint added_order_refused CHECK (((state = 'refused'::text) = (refusal IS NOT NULL))),
  constraint added_order_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'given'::text, 'refused'::text, 'expired'::text]))),
  constraint added_order_two_people CHECK ((within_quota OR (decided_by IS DISTINCT FROM asked_by))),
  constraint added_order_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES booking.appointment(id),
  constraint added_order_session_id_fkey FOREIGN KEY (session_id) REFERENCES booking.session_stock(session_id),
  constraint added_order_pkey PRIMARY KEY (id)
);

create table booking.added_quota (
  hospital_id uuid not null,
  department_id uuid not null,
  version integer not null,
  share numeric not null,
  set_by text not null,
  set_at timestamp with time zone not null,
  constraint added_quota_share_check CHECK (((share >= (0)::numeric) AND (share <= (1)::numeric))),
  constraint added_quota_version_check CHECK ((version > 0)),
  constraint added_quota_pkey PRIMARY KEY (hospital_id, department_id, version)
);

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

create table booking.conduct (
  id uuid not null,
  hospital_id uuid not null,
  patient_id uuid not null,
  appointment_id uuid not null,
  kind text not null,
  happened_at timestamp with time zone not null,
  told_by text,
  cleared_at timestamp with time zone,
  cleared_by text,
  cleared_reason text,
  version integer not null default 1,
  constraint conduct_cleared CHECK ((((cleared_at IS NULL) = (cleared_reason IS NULL)) AND ((cleared_at IS NULL) = (cleared_by IS NULL)))),
  constraint conduct_cleared_reason_check CHECK ((cleared_reason = ANY (ARRAY['wrong_record'::text, 'illness'::text, 'traffic'::text, 'hospital_fault'::text, 'notice_failed'::text, 'other'::text, 'appeal'::text, 'stopped'::text, 'restored'::text, 'offer'::text]))),
  constraint conduct_kind_check CHECK ((kind = ANY (ARRAY['no_show'::text, 'late_cancel'::text, 'unconfirmed_win'::text]))),
  constraint conduct_told_by_check CHECK ((told_by = ANY (ARRAY['own_act'::text, 'call'::text, 'notice'::text]))),
  constraint conduct_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES booking.appointment(id),
  constraint conduct_pkey PRIMARY KEY (id),
  constraint conduct_once UNIQUE (appointment_id, kind)
);

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

create table booking.expert_team (
  healthcare_service_id uuid not null,
  hospital_id uuid not null,
  expert_id uuid not null,
  closed_at timestamp with time zone,
  version integer not null default 1,
  constraint expert_team_pkey PRIMARY KEY (healthcare_service_id)
);

create table booking.extra_number (
  slot_id uuid not null,
  session_id uuid not null,
  made_at timestamp with time zone not null,
  constraint extra_number_session_id_fkey FOREIGN KEY (session_id) REFERENCES booking.session_stock(session_id),
  constraint extra_number_slot_id_fkey FOREIGN KEY (slot_id) REFERENCES booking.slot(id),
  constraint extra_number_pkey PRIMARY KEY (slot_id)
);

create table booking.follow_up_plan (
  id uuid not null,
  hospital_id uuid not null,
  healthcare_service_id uuid not null,
  practitioner_id uuid,
  patient_id uuid not null,
  every_months integer not null,
  times integer not null,
  anchor_date date not null,
  next_n integer not null,
  next_due date not null,
  state text not null default 'active'::text,
  planned_by text not null,
  planned_at timestamp with time zone not null,
  ended_by text,
  ended_at timestamp with time zone,
  ended_reason text,
  version integer not null default 1,
  constraint follow_up_plan_ended CHECK (((state = 'ended'::text) = (ended_reason IS NOT NULL))),
  constraint follow_up_plan_ended_reason_check CHECK ((ended_reason = ANY (ARRAY['complete'::text, 'patient'::text, 'doctor'::text]))),
  constraint follow_up_plan_every_months_check CHECK (((every_months >= 1) AND (every_months <= 12))),
  constraint follow_up_plan_next_n_check CHECK ((next_n >= 0)),
  constraint follow_up_plan_state_check CHECK ((state = ANY (ARRAY['active'::text, 'ended'::text]))),
  constraint follow_up_plan_times_check CHECK (((times >= 1) AND (times <= 24))),
  constraint follow_up_plan_pkey PRIMARY KEY (id)
);

create table booking.follow_up_turn (
  plan_id uuid not null,
  n integer not null,
  due date not null,
  outcome text not null,
  appointment_id uuid,
  decided_at timestamp with time zone not null,
  constraint follow_up_turn_booked CHECK (((outcome = 'booked'::text) = (appointment_id IS NOT NULL))),
  constraint follow_up_turn_n_check CHECK ((n >= 0)),
  constraint follow_up_turn_outcome_check CHECK ((outcome = ANY (ARRAY['booked'::text, 'already'::text, 'unbooked'::text]))),
  constraint follow_up_turn_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES booking.appointment(id),
  constraint follow_up_turn_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES booking.follow_up_plan(id),
  constraint follow_up_turn_pkey PRIMARY KEY (plan_id, n)
);

create table booking.free_return (
  id uuid not null,
  hospital_id uuid not null,
  from_appointment_id uuid not null,
  campus_id uuid not null,
  department_id uuid not null,
  patient_id uuid not null,
  opened_by text not null,
  opened_at timestamp with time zone not null,
  last_day date not null,
  appointment_id uuid,
  used_at timestamp with time zone,
  version integer not null default 1,
  constraint free_return_used CHECK (((appointment_id IS NULL) = (used_at IS NULL))),
  constraint free_return_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES booking.appointment(id),
  constraint free_return_from_appointment_id_fkey FOREIGN KEY (from_appointment_id) REFERENCES booking.appointment(id),
  constraint free_return_pkey PRIMARY KEY (id),
  constraint free_return_appointment UNIQUE (appointment_id),
  constraint free_return_once UNIQUE (from_appointment_id)
);

create table booking.green_upgrade (
  id uuid not null,
  hospital_id uuid not null,
  department_id uuid not null,
  from_appointment_id uuid not null,
  appointment_id uuid not null,
  session_id uuid not null,
  patient_id uuid not null,
  reason text not null,
  given_by text not null,
  given_at timestamp with time zone not null,
  constraint green_upgrade_reason_check CHECK ((reason = ANY (ARRAY['severe'::text, 'difficult'::text, 'worse'::text]))),
  constraint green_upgrade_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES booking.appointment(id),
  constraint green_upgrade_from_appointment_id_fkey FOREIGN KEY (from_appointment_id) REFERENCES booking.appointment(id),
  constraint green_upgrade_session_id_fkey FOREIGN KEY (session_id) REFERENCES booking.session_stock(session_id),
  constraint green_upgrade_pkey PRIMARY KEY (id),
  constraint green_upgrade_appointment UNIQUE (appointment_id)
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

create table booking.late_check_in (
  appointment_id uuid not null,
  hospital_id uuid not null,
  session_id uuid not null,
  to_end boolean not null,
  after_deadline boolean not null,
  reason text,
  checked_in_by text not null,
  at timestamp with time zone not null,
  constraint late_check_in_reason CHECK (((NOT after_deadline) OR (reason IS NOT NULL))),
  constraint late_check_in_reason_check CHECK ((reason = ANY (ARRAY['doctor_agrees'::text, 'hospital_wait'::text, 'traffic'::text, 'other'::text]))),
  constraint late_check_in_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES booking.appointment(id),
  constraint late_check_in_session_id_fkey FOREIGN KEY (session_id) REFERENCES booking.session_stock(session_id),
  constraint late_check_in_pkey PRIMARY KEY (appointment_id)
);

create table booking.limit_subject (
  key bigint not null,
  version integer not null,
  constraint limit_subject_pkey PRIMARY KEY (key)
) with (fillfactor=70);

create table booking.no_show_count (
  hospital_id uuid not null,
  patient_id uuid not null,
  migrated integer not null default 0,
  version integer not null default 1,
  constraint no_show_count_migrated_check CHECK ((migrated >= 0)),
  constraint no_show_count_pkey PRIMARY KEY (hospital_id, patient_id)
);

create table booking.phone_call (
  id uuid not null,
  hospital_id uuid not null,
  caller_index bytea not null,
  patient_id uuid not null,
  appointment_id uuid not null,
  sealed_note bytea,
  taken_by text not null,
  taken_at timestamp with time zone not null,
  constraint phone_call_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES booking.appointment(id),
  constraint phone_call_pkey PRIMARY KEY (id),
  constraint phone_call_appointment UNIQUE (appointment_id)
);

create table booking.prior_diagnosis (
  id uuid not null,
  hospital_id uuid not null,
  patient_id uuid not null,
  specialty_code text not null,
  diagnosed_on date not null,
  source text not null,
  noted_by text not null,
  noted_at timestamp with time zone not null,
  constraint prior_diagnosis_source_check CHECK ((source = ANY (ARRAY['paper'::text, 'his'::text]))),
  constraint prior_diagnosis_pkey PRIMARY KEY (id),
  constraint prior_diagnosis_once UNIQUE (hospital_id, patient_id, specialty_code, diagnosed_on)
);

create table booking.queue_priority (
  appointment_id uuid not null,
  hospital_id uuid not null,
  session_id uuid not null,
  kind text,
  one_in integer not null,
  given_by text not null,
  at timestamp with time zone not null,
  version integer not null default 1,
  constraint queue_priority_kind_check CHECK ((kind = ANY (ARRAY['elder'::text, 'military'::text, 'disabled'::text]))),
  constraint queue_priority_one_in_check CHECK (((one_in >= 2) AND (one_in <= 20))),
  constraint queue_priority_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES booking.appointment(id),
  constraint queue_priority_session_id_fkey FOREIGN KEY (session_id) REFERENCES booking.session_stock(session_id),
  constraint queue_priority_pkey PRIMARY KEY (appointment_id)
);

create table booking.rebooking (
  id uuid not null,
  hospital_id uuid not null,
  appointment_id uuid not null,
  patient_id uuid not null,
  session_id uuid not null,
  healthcare_service_id uuid not null,
  service_date date not null,
  was_at timestamp with time zone not null,
  stopped_at timestamp with time zone not null,
  state text not null default 'waiting'::text,
  offered_session_id uuid,
  offered_appointment_id uuid,
  offer_until timestamp with time zone,
  version integer not null default 0,
  constraint rebooking_offer CHECK (((state <> 'offered'::text) OR (offered_appointment_id IS NOT NULL))),
  constraint rebooking_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'offered'::text, 'taken'::text, 'ended'::text]))),
  constraint rebooking_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES booking.appointment(id),
  constraint rebooking_offered_appointment_id_fkey FOREIGN KEY (offered_appointment_id) REFERENCES booking.appointment(id),
  constraint rebooking_session_id_fkey FOREIGN KEY (session_id) REFERENCES booking.session_stock(session_id),
  constraint rebooking_pkey PRIMARY KEY (id),
  constraint rebooking_appointment UNIQUE (appointment_id)
);

create table booking.referral (
  id uuid not null,
  hospital_id uuid not null,
  institution_id uuid not null,
  session_id uuid not null,
  department_id uuid not null,
  scope_id uuid not null,
  service_date date not null,
  patient_id uuid not null,
  reason text not null,
  urgency text not null,
  sealed_note bytea,
  state text not null,
  quota integer,
  within_quota boolean not null,
  sent_by text not null,
  sent_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  refusal text,
  appointment_id uuid,
  version integer not null default 1,
  constraint referral_decided CHECK (((state = 'asked'::text) = (decided_at IS NULL))),
  constraint referral_given CHECK (((state = 'given'::text) = (appointment_id IS NOT NULL))),
  constraint referral_reason_check CHECK ((reason = ANY (ARRAY['unclear'::text, 'worse'::text, 'beyond'::text, 'procedure'::text, 'specialist'::text]))),
  constraint referral_refusal_check CHECK ((refusal = ANY (ARRAY['local'::text, 'other_department'::text, 'emergency'::text, 'full'::text]))),
  constraint referral_refused CHECK (((state = 'refused'::text) = (refusal IS NOT NULL))),
  constraint referral_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'given'::text, 'refused'::text, 'expired'::text, 'withdrawn'::text]))),
  constraint referral_two_people CHECK (((state <> 'given'::text) OR within_quota OR (decided_by IS DISTINCT FROM sent_by))),
  constraint referral_urgency_check CHECK ((urgency = ANY (ARRAY['routine'::text, 'soon'::text, 'urgent'::text]))),
  constraint referral_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES booking.appointment(id),
  constraint referral_institution FOREIGN KEY (hospital_id, institution_id) REFERENCES booking.referring_institution(hospital_id, id),
  constraint referral_session_id_fkey FOREIGN KEY (session_id) REFERENCES booking.session_stock(session_id),
  constraint referral_pkey PRIMARY KEY (id)
);

create table booking.referral_quota (
  hospital_id uuid not null,
  institution_id uuid not null,
  scope_id uuid not null,
  version integer not null,
  department_id uuid not null,
  healthcare_service_id uuid,
  per text not null,
  numbers integer,
  set_by text not null,
  set_at timestamp with time zone not null,
  constraint referral_quota_department CHECK (((numbers IS NOT NULL) OR (healthcare_service_id IS NOT NULL))),
  constraint referral_quota_numbers_check CHECK (((numbers >= 0) AND (numbers <= 10000))),
  constraint referral_quota_per_check CHECK ((per = ANY (ARRAY['week'::text, 'month'::text]))),
  constraint referral_quota_scope CHECK ((scope_id = COALESCE(healthcare_service_id, department_id))),
  constraint referral_quota_version_check CHECK ((version > 0)),
  constraint referral_quota_institution FOREIGN KEY (hospital_id, institution_id) REFERENCES booking.referring_institution(hospital_id, id),
  constraint referral_quota_pkey PRIMARY KEY (institution_id, scope_id, version)
);

create table booking.referrer (
  staff_id uuid not null,
  hospital_id uuid not null,
  institution_id uuid not null,
  added_by text not null,
  added_at timestamp with time zone not null,
  constraint referrer_institution FOREIGN KEY (hospital_id, institution_id) REFERENCES booking.referring_institution(hospital_id, id),
  constraint referrer_pkey PRIMARY KEY (staff_id)
);

create table booking.referring_institution (
  id uuid not null,
  hospital_id uuid not null,
  code text not null,
  name text not null,
  phone text not null default ''::text,
  closed_at timestamp with time zone,
  version integer not null default 1,
  constraint referring_institution_code_check CHECK ((code <> ''::text)),
  constraint referring_institution_name_check CHECK ((name <> ''::text)),
  constraint referring_institution_pkey PRIMARY KEY (id),
  constraint referring_institution_code UNIQUE (hospital_id, code),
  constraint referring_institution_hospital UNIQUE (hospital_id, id)
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
  kind text,
  reached_by uuid,
  counted uuid[] not null default '{}'::uuid[],
  lifted_by text,
  lifted_reason text,
  version integer not null default 1,
  constraint restriction_check CHECK ((ends_at > starts_at)),
  constraint restriction_kind_check CHECK ((kind = ANY (ARRAY['no_show'::text, 'late_cancel'::text, 'unconfirmed_win'::text]))),
  constraint restriction_ladder CHECK (((kind IS NULL) = (reached_by IS NULL))),
  constraint restriction_scope_check CHECK ((scope = 'drawn_clinics_remote'::text)),
  constraint restriction_reached_by_fkey FOREIGN KEY (reached_by) REFERENCES booking.appointment(id),
  constraint restriction_pkey PRIMARY KEY (id),
  constraint restriction_once UNIQUE (reached_by, kind)
);

create table booking.restriction_appeal (
  id uuid not null,
  hospital_id uuid not null,
  restriction_id uuid not null,
  patient_id uuid not null,
  sealed_text bytea not null,
  appealed_by text not null,
  appealed_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  state text not null default 'open'::text,
  sealed_answer bytea,
  decided_by text,
  decided_at timestamp with time zone,
  version integer not null default 1,
  constraint restriction_appeal_decided CHECK ((((state = 'open'::text) = (decided_at IS NULL)) AND ((state = 'open'::text) = (sealed_answer IS NULL)))),
  constraint restriction_appeal_state_check CHECK ((state = ANY (ARRAY['open'::text, 'upheld'::text, 'refused'::text]))),
  constraint restriction_appeal_restriction_id_fkey FOREIGN KEY (restriction_id) REFERENCES booking.restriction(id),
  constraint restriction_appeal_pkey PRIMARY KEY (id)
);

create table booking.rule_set (
  hospital_id uuid not null,
  version integer not null,
  effective_from date not null,
  rules jsonb not null,
  limits jsonb not null,
  reason text not null,
  written_by text not null,
  written_at timestamp with time zone not null,
  constraint rule_set_has_reason CHECK ((reason <> ''::text)),
  constraint rule_set_version_check CHECK ((version > 0)),
  constraint rule_set_pkey PRIMARY KEY (hospital_id, version)
);

create table booking.screen (
  id uuid not null,
  hospital_id uuid not null,
  campus_id uuid not null,
  department_id uuid,
  name text not null,
  token_hash bytea not null,
  linked_by text not null,
  linked_at timestamp with time zone not null,
  unlinked_by text,
  unlinked_at timestamp with time zone,
  version integer not null default 1,
  constraint screen_name_check CHECK ((name <> ''::text)),
  constraint screen_unlinked CHECK (((unlinked_at IS NULL) = (unlinked_by IS NULL))),
  constraint screen_pkey PRIMARY KEY (id),
  constraint screen_token UNIQUE (token_hash)
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
  department_id uuid,
  period text,
  level text,
  stays_open boolean not null default false,
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
  constraint slot_pool_check CHECK ((pool = ANY (ARRAY['online'::text, 'same_day'::text, 'on_site'::text, 'follow_up'::text, 'in_clinic'::text, 'referral'::text, 'team'::text, 'green_channel'::text, 'added'::text, 'free_return'::text]))),
  constraint slot_sequence_check CHECK ((sequence > 0)),
  constraint slot_state_check CHECK ((state = ANY (ARRAY['unreleased'::text, 'free'::text, 'held'::text, 'booked'::text, 'checked_in'::text, 'cooling'::text, 'stopped'::text, 'void'::text]))),
  constraint slot_void_has_reason CHECK (((state <> 'void'::text) OR (void_reason IS NOT NULL))),
  constraint slot_session_id_fkey FOREIGN KEY (session_id) REFERENCES booking.session_stock(session_id),
  constraint slot_pkey PRIMARY KEY (id),
  constraint slot_sequence UNIQUE (session_id, sequence)
) with (fillfactor=70);

create table booking.substitution (
  session_id uuid not null,
  hospital_id uuid not null,
  from_practitioner_id uuid not null,
  practitioner_id uuid not null,
  at timestamp with time zone not null,
  constraint substitution_session_id_fkey FOREIGN KEY (session_id) REFERENCES booking.session_stock(session_id),
  constraint substitution_pkey PRIMARY KEY (session_id)
);

create table booking.team_escalation (
  id uuid not null,
  hospital_id uuid not null,
  healthcare_service_id uuid not null,
  expert_id uuid not null,
  from_appointment_id uuid not null,
  appointment_id uuid not null,
  session_id uuid not null,
  patient_id uuid not null,
  reason text not null,
  escalated_by text not null,
  escalated_at timestamp with time zone not null,
  constraint team_escalation_reason_check CHECK ((reason = ANY (ARRAY['complex'::text, 'severe'::text, 'plan'::text, 'procedure'::text]))),
  constraint team_escalation_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES booking.appointment(id),
  constraint team_escalation_from_appointment_id_fkey FOREIGN KEY (from_appointment_id) REFERENCES booking.appointment(id),
  constraint team_escalation_healthcare_service_id_fkey FOREIGN KEY (healthcare_service_id) REFERENCES booking.expert_team(healthcare_service_id),
  constraint team_escalation_session_id_fkey FOREIGN KEY (session_id) REFERENCES booking.session_stock(session_id),
  constraint team_escalation_pkey PRIMARY KEY (id),
  constraint team_escalation_appointment UNIQUE (appointment_id)
);

create table booking.team_member (
  healthcare_service_id uuid not null,
  practitioner_id uuid not null,
  place integer not null,
  constraint team_member_place_check CHECK ((place > 0)),
  constraint team_member_healthcare_service_id_fkey FOREIGN KEY (healthcare_service_id) REFERENCES booking.expert_team(healthcare_service_id),
  constraint team_member_pkey PRIMARY KEY (healthcare_service_id, practitioner_id)
);

create table booking.undo_closed (
  appointment_id uuid not null,
  hospital_id uuid not null,
  said_by text not null,
  closed_by text not null,
  at timestamp with time zone not null,
  constraint undo_closed_said_by_check CHECK ((said_by = ANY (ARRAY['patient'::text, 'companion'::text]))),
  constraint undo_closed_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES booking.appointment(id),
  constraint undo_closed_pkey PRIMARY KEY (appointment_id)
);

create view booking.waiting_view as
 SELECT q.session_id,
    q.patient_id,
    q.id AS appointment_id,
    q.status,
    q.channel,
    z.pool,
    q.calls,
    z.starts_at,
    z.sequence,
    q.checked_in_at,
    q.called_at,
    q.missed,
    (q.identity_checked_by IS NOT NULL) AS identity_seen,
        CASE
            WHEN q.missed THEN ( SELECT (count(*))::integer AS count
               FROM booking.appointment c
              WHERE ((c.session_id = q.session_id) AND (c.id <> q.id) AND (c.called_at > q.missed_at)))
            ELSE 0
        END AS called_since,
    l.at AS late_at,
    p.kind AS priority,
    p.one_in,
        CASE
            WHEN (p.kind IS NOT NULL) THEN ( SELECT (count(*))::integer AS count
               FROM booking.appointment c
              WHERE ((c.session_id = q.session_id) AND (c.called_at IS NOT NULL) AND (NOT c.missed) AND (NOT (EXISTS ( SELECT
                       FROM booking.queue_priority k
                      WHERE ((k.appointment_id = c.id) AND (k.kind IS NOT NULL))))) AND (c.called_at > COALESCE(( SELECT max(d.called_at) AS max
                       FROM (booking.queue_priority e
                         JOIN booking.appointment d ON ((d.id = e.appointment_id)))
                      WHERE ((e.session_id = q.session_id) AND (e.kind IS NOT NULL) AND (NOT d.missed))), '-infinity'::timestamp with time zone))))
            ELSE NULL::integer
        END AS others_since
   FROM (((booking.appointment q
     JOIN booking.slot z ON ((z.id = q.slot_id)))
     LEFT JOIN booking.late_check_in l ON (((l.appointment_id = q.id) AND l.to_end)))
     LEFT JOIN booking.queue_priority p ON (((p.appointment_id = q.id) AND (p.kind IS NOT NULL))))
  WHERE (q.status = ANY (ARRAY['checked_in'::text, 'called'::text]));

CREATE INDEX added_order_asked ON booking.added_order USING btree (hospital_id, asked_at) WHERE (state = 'asked'::text);

CREATE INDEX added_order_decided_at ON booking.added_order USING btree (hospital_id, decided_at);

CREATE INDEX added_order_patient ON booking.added_order USING btree (patient_id, asked_at);

CREATE INDEX appointment_account ON booking.appointment USING btree (account_id, created_at) WHERE (account_id IS NOT NULL);

CREATE INDEX appointment_contact_due ON booking.appointment USING btree (hospital_id, hold_until) WHERE contact_due;

CREATE INDEX appointment_device ON booking.appointment USING btree (device_key_id, service_date) WHERE (device_key_id IS NOT NULL);

CREATE INDEX appointment_hold_until ON booking.appointment USING btree (hold_until) WHERE (hold_until IS NOT NULL);

CREATE INDEX appointment_patient ON booking.appointment USING btree (patient_id, service_date);

CREATE INDEX appointment_phone ON booking.appointment USING btree (phone_index, service_date) WHERE (phone_index IS NOT NULL);

CREATE INDEX conduct_clearance ON booking.conduct USING btree (hospital_id, cleared_at) WHERE (cleared_at IS NOT NULL);

CREATE INDEX conduct_hospital ON booking.conduct USING btree (hospital_id, happened_at DESC);

CREATE INDEX conduct_patient ON booking.conduct USING btree (patient_id, happened_at);

CREATE INDEX contact_call_appointment ON booking.contact_call USING btree (appointment_id);

CREATE INDEX expert_team_hospital ON booking.expert_team USING btree (hospital_id);

CREATE INDEX extra_number_session ON booking.extra_number USING btree (session_id);

CREATE INDEX follow_up_plan_due ON booking.follow_up_plan USING btree (next_due) WHERE (state = 'active'::text);

CREATE INDEX follow_up_plan_patient ON booking.follow_up_plan USING btree (patient_id);

CREATE INDEX follow_up_turn_appointment ON booking.follow_up_turn USING btree (appointment_id) WHERE (appointment_id IS NOT NULL);

CREATE INDEX free_return_patient ON booking.free_return USING btree (patient_id, last_day);

CREATE INDEX green_upgrade_month ON booking.green_upgrade USING btree (hospital_id, given_at);

CREATE INDEX phone_call_caller ON booking.phone_call USING btree (hospital_id, caller_index, taken_at);

CREATE INDEX phone_call_patient ON booking.phone_call USING btree (patient_id);

CREATE INDEX phone_call_taken ON booking.phone_call USING btree (hospital_id, taken_at);

CREATE INDEX queue_priority_session ON booking.queue_priority USING btree (session_id) WHERE (kind IS NOT NULL);

CREATE INDEX rebooking_offered ON booking.rebooking USING btree (offered_appointment_id) WHERE (state = 'offered'::text);

CREATE INDEX rebooking_patient ON booking.rebooking USING btree (patient_id, stopped_at DESC);

CREATE INDEX rebooking_waiting ON booking.rebooking USING btree (stopped_at, was_at, id) WHERE (state = 'waiting'::text);

CREATE INDEX referral_asked ON booking.referral USING btree (hospital_id, sent_at) WHERE (state = 'asked'::text);

CREATE INDEX referral_month ON booking.referral USING btree (hospital_id, service_date);

CREATE INDEX referral_patient ON booking.referral USING btree (patient_id, sent_at);

CREATE INDEX referral_quota_use ON booking.referral USING btree (institution_id, scope_id, service_date);

CREATE INDEX referral_sender ON booking.referral USING btree (sent_by, sent_at DESC);

CREATE INDEX referrer_of ON booking.referrer USING btree (institution_id);

CREATE INDEX restriction_appeal_due ON booking.restriction_appeal USING btree (hospital_id, due_at) WHERE (state = 'open'::text);

CREATE INDEX restriction_appeal_patient ON booking.restriction_appeal USING btree (patient_id);

CREATE INDEX restriction_patient ON booking.restriction USING btree (patient_id, ends_at) WHERE (lifted_at IS NULL);

CREATE INDEX screen_hospital ON booking.screen USING btree (hospital_id) WHERE (unlinked_at IS NULL);

CREATE INDEX session_stock_date ON booking.session_stock USING btree (hospital_id, service_date);

CREATE INDEX slot_cooling ON booking.slot USING btree (cooling_until) WHERE (cooling_until IS NOT NULL);

CREATE INDEX slot_excluded ON booking.slot USING btree (session_id) WHERE (is_free AND ((excluded_patient_id IS NOT NULL) OR (excluded_account_id IS NOT NULL)));

CREATE INDEX slot_free ON booking.slot USING btree (session_id, sequence) WHERE is_free;

CREATE INDEX slot_hold_until ON booking.slot USING btree (session_id, hold_until) WHERE (hold_until IS NOT NULL);

CREATE INDEX team_escalation_from ON booking.team_escalation USING btree (from_appointment_id);

CREATE INDEX team_escalation_month ON booking.team_escalation USING btree (hospital_id, escalated_at);

CREATE UNIQUE INDEX added_order_open ON booking.added_order USING btree (session_id, patient_id) WHERE (state = 'asked'::text);

CREATE UNIQUE INDEX appointment_order_number ON booking.appointment USING btree (hospital_id, previous_order_number) WHERE (previous_order_number IS NOT NULL);

CREATE UNIQUE INDEX appointment_patient_session ON booking.appointment USING btree (session_id, patient_id, ordinal) WHERE is_active;

CREATE UNIQUE INDEX appointment_slot ON booking.appointment USING btree (slot_id) WHERE is_active;

CREATE UNIQUE INDEX follow_up_plan_one ON booking.follow_up_plan USING btree (healthcare_service_id, patient_id) WHERE (state = 'active'::text);

CREATE UNIQUE INDEX referral_appointment ON booking.referral USING btree (appointment_id) WHERE (appointment_id IS NOT NULL);

CREATE UNIQUE INDEX referral_open ON booking.referral USING btree (session_id, patient_id) WHERE (state = 'asked'::text);

CREATE UNIQUE INDEX restriction_appeal_open ON booking.restriction_appeal USING btree (restriction_id) WHERE (state = 'open'::text);

CREATE UNIQUE INDEX slot_his ON booking.slot USING btree (hospital_id, his_id) WHERE (his_id IS NOT NULL);

CREATE OR REPLACE FUNCTION booking.check_slot_step()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
end $function$
;

CREATE OR REPLACE FUNCTION booking.check_visit_step()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
end $function$
;

CREATE OR REPLACE FUNCTION booking.limit_counts(counts text, part text, place text, since timestamp with time zone, channels text[], at timestamp with time zone, asked_session uuid, asked_department uuid, asked_day date, asked_half_day text, session uuid, department uuid, day date, half_day text, channel text, status text, is_active boolean, hold_until timestamp with time zone, contact_due boolean, created_at timestamp with time zone, confirmed_at timestamp with time zone, cancelled_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION booking.limit_since(at timestamp with time zone, span interval, month_day integer)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case
    when span is not null then at - span
    when month_day is not null then (date_trunc('month', (at at time zone 'Asia/Shanghai')
      - make_interval(days => month_day - 1)) + make_interval(days => month_day - 1)) at time zone 'Asia/Shanghai' end
$function$
;

CREATE OR REPLACE FUNCTION booking.refuse_step()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'a % cannot go from % to %', tg_table_name, old, new
    using errcode = 'check_violation', constraint = tg_argv[0];
end $function$
;

CREATE OR REPLACE FUNCTION booking.refuse_undo()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from booking.undo_closed where appointment_id = new.id) then
    raise exception 'the undo of visit % is closed', new.id
      using errcode = 'check_violation', constraint = 'appointment_undo_closed';
  end if;
  return new;
end $function$
;

CREATE TRIGGER appointment_person BEFORE UPDATE OF patient_id ON booking.appointment FOR EACH ROW WHEN (((old.patient_id IS DISTINCT FROM new.patient_id) AND (current_setting('booking.merging'::text, true) IS DISTINCT FROM 'on'::text))) EXECUTE FUNCTION booking.refuse_step('appointment_person');

CREATE TRIGGER appointment_status_graph BEFORE UPDATE OF status ON booking.appointment FOR EACH ROW WHEN ((old.status <> new.status)) EXECUTE FUNCTION booking.check_visit_step();

CREATE TRIGGER appointment_undo_closed BEFORE UPDATE OF status ON booking.appointment FOR EACH ROW WHEN (((old.status = 'cancelled'::text) AND (new.status = 'booked'::text))) EXECUTE FUNCTION booking.refuse_undo();

CREATE TRIGGER slot_state_graph BEFORE UPDATE OF state ON booking.slot FOR EACH ROW WHEN (((old.state <> new.state) AND (NOT ((old.state = 'free'::text) AND (new.state = ANY (ARRAY['booked'::text, 'held'::text])))))) EXECUTE FUNCTION booking.check_slot_step();

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

create table gate.late_place (
  room_id uuid not null,
  patient_id uuid not null,
  number bigint not null,
  constraint late_place_number_check CHECK ((number > 0)),
  constraint late_place_room_id_fkey FOREIGN KEY (room_id) REFERENCES gate.room(id),
  constraint late_place_pkey PRIMARY KEY (room_id, patient_id),
  constraint late_place_number UNIQUE (room_id, number)
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
  upheld boolean,
  sealed_answer bytea,
  answered_by text,
  answered_at timestamp with time zone,
  version integer not null default 1,
  constraint slow_case_answered CHECK ((num_nonnulls(upheld, sealed_answer, answered_by, answered_at) = ANY (ARRAY[0, 4]))),
  constraint slow_case_answers_an_appeal CHECK (((answered_at IS NULL) OR (appealed_at IS NOT NULL))),
  constraint slow_case_appealed CHECK (((appealed_at IS NULL) = (sealed_appeal IS NULL))),
  constraint slow_case_extra_s_check CHECK (((extra_s >= 1) AND (extra_s <= 60))),
  constraint slow_case_room_id_fkey FOREIGN KEY (room_id) REFERENCES gate.room(id),
  constraint slow_case_pkey PRIMARY KEY (id),
  constraint slow_case_once UNIQUE (room_id, account_id, patient_id)
);

create table gate.spending (
  server_id uuid not null,
  number bigint not null,
  at timestamp with time zone not null,
  spent bytea not null,
  constraint spending_spent_check CHECK (((length(spent) % 13) = 0)),
  constraint spending_pkey PRIMARY KEY (server_id, number)
);

CREATE INDEX room_active ON gate.room USING btree (opens_at) WHERE (state <> 'closed'::text);

CREATE INDEX slow_case_account ON gate.slow_case USING btree (account_id, opened_at);

CREATE INDEX slow_case_waiting ON gate.slow_case USING btree (appealed_at) WHERE ((appealed_at IS NOT NULL) AND (answered_at IS NULL));

-- schema governance

create table governance.clue (
  id uuid not null,
  receipt text not null,
  code_mac bytea not null,
  hospital_id uuid not null,
  category text not null,
  involves_staff boolean not null,
  place_kind text not null,
  asked_fen integer,
  face_fen integer,
  happened_on date,
  happened_time text,
  sealed_words bytea,
  words_mac bytea,
  sealed_contact bytea,
  state text not null,
  handed_to text,
  outcome text,
  sealed_reply bytea,
  received_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  erased_at timestamp with time zone,
  version integer not null default 1,
  constraint clue_asked_fen_check CHECK (((asked_fen >= 0) AND (asked_fen <= 100000000))),
  constraint clue_category_check CHECK ((category = ANY (ARRAY['number_resale'::text, 'grab_service'::text, 'exam_jump'::text, 'admission_jump'::text, 'treatment_jump'::text, 'errand'::text, 'fake_site'::text, 'data_leak'::text, 'other'::text]))),
  constraint clue_closed CHECK ((((state = 'closed'::text) = (closed_at IS NOT NULL)) AND ((state = 'closed'::text) = (outcome IS NOT NULL)))),
  constraint clue_erased CHECK (((erased_at IS NULL) = (sealed_words IS NOT NULL))),
  constraint clue_face_fen_check CHECK (((face_fen >= 0) AND (face_fen <= 100000000))),
  constraint clue_handed_over CHECK (((state <> 'handed_over'::text) OR (handed_to IS NOT NULL))),
  constraint clue_handed_to_check CHECK ((handed_to = ANY (ARRAY['security'::text, 'police'::text, 'health'::text, 'market'::text, 'internet'::text, 'discipline'::text, 'other'::text]))),
  constraint clue_happened_time_check CHECK ((happened_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'::text)),
  constraint clue_outcome_check CHECK ((outcome = ANY (ARRAY['acted'::text, 'unconfirmed'::text, 'outside'::text, 'duplicate'::text]))),
  constraint clue_place_kind_check CHECK ((place_kind = ANY (ARRAY['inside'::text, 'around'::text, 'online'::text, 'wechat'::text, 'phone'::text, 'other'::text]))),
  constraint clue_receipt_check CHECK ((receipt ~ '^JB[0-9]{8}$'::text)),
  constraint clue_state_check CHECK ((state = ANY (ARRAY['received'::text, 'checked'::text, 'handed_over'::text, 'closed'::text]))),
  constraint clue_time_of_a_day CHECK (((happened_time IS NULL) OR (happened_on IS NOT NULL))),
  constraint clue_pkey PRIMARY KEY (id),
  constraint clue_code UNIQUE (code_mac),
  constraint clue_receipt UNIQUE (receipt)
);

create table governance.clue_photo (
  id uuid not null,
  clue_id uuid not null,
  "position" smallint not null,
  kind text not null,
  bytes integer not null,
  width integer not null,
  height integer not null,
  photo_mac bytea not null,
  sealed_key bytea not null,
  cipher bytea not null,
  constraint clue_photo_bytes_check CHECK ((bytes > 0)),
  constraint clue_photo_height_check CHECK ((height > 0)),
  constraint clue_photo_kind_check CHECK ((kind = ANY (ARRAY['jpeg'::text, 'png'::text, 'webp'::text]))),
  constraint clue_photo_width_check CHECK ((width > 0)),
  constraint clue_photos_max CHECK ((("position" >= 1) AND ("position" <= 3))),
  constraint clue_photo_clue_id_fkey FOREIGN KEY (clue_id) REFERENCES governance.clue(id) ON DELETE CASCADE,
  constraint clue_photo_pkey PRIMARY KEY (id),
  constraint clue_photo_once UNIQUE (clue_id, photo_mac),
  constraint clue_photo_place UNIQUE (clue_id, "position")
);

CREATE INDEX clue_of_hospital ON governance.clue USING btree (hospital_id, received_at DESC);

CREATE INDEX clue_same_words ON governance.clue USING btree (hospital_id, words_mac) WHERE (words_mac IS NOT NULL);

CREATE INDEX clue_to_erase ON governance.clue USING btree (closed_at) WHERE ((closed_at IS NOT NULL) AND (erased_at IS NULL));

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

create table his.money_state (
  hospital_id uuid not null,
  bill_cursor bigint not null default 0,
  told_until timestamp with time zone not null default '1970-01-01 00:00:00+00'::timestamp with time zone,
  constraint money_state_pkey PRIMARY KEY (hospital_id)
);

create table his.money_told (
  hospital_id uuid not null,
  name text not null,
  told_at timestamp with time zone not null,
  constraint money_told_pkey PRIMARY KEY (hospital_id, name)
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
  constraint work_item_kind_check CHECK ((kind = ANY (ARRAY['taken-back-but-booked'::text, 'order-refused'::text, 'bill-unknown-person'::text, 'bill-changed-in-payment'::text]))),
  constraint work_item_pkey PRIMARY KEY (id)
);

CREATE INDEX booking_order_due ON his.booking_order USING btree (hospital_id, next_at) WHERE ((wanted <> known) AND (known <> 'refused'::text));

CREATE INDEX booking_order_number ON his.booking_order USING btree (number_id, version);

CREATE INDEX money_told_old ON his.money_told USING btree (told_at);

CREATE UNIQUE INDEX work_item_open ON his.work_item USING btree (hospital_id, kind, number_id, appointment_id) NULLS NOT DISTINCT WHERE (closed_at IS NULL);

-- schema identity

create table identity.account (
  id uuid not null,
  sealed_phone bytea not null,
  phone_index bytea not null,
  elder_mode boolean not null default false,
  created_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  constraint account_pkey PRIMARY KEY (id),
  constraint account_phone UNIQUE (phone_index)
);

create table identity.consent (
  id uuid not null,
  account_id uuid not null,
  patient_id uuid not null,
  purpose text not null,
  text_version integer not null,
  given_at timestamp with time zone not null,
  withdrawn_at timestamp with time zone,
  replaced_at timestamp with time zone,
  version integer not null default 1,
  constraint consent_account_id_fkey FOREIGN KEY (account_id) REFERENCES identity.account(id),
  constraint consent_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES identity.patient(id),
  constraint consent_purpose_text_version_fkey FOREIGN KEY (purpose, text_version) REFERENCES identity.consent_text(purpose, version),
  constraint consent_pkey PRIMARY KEY (id)
);

create table identity.consent_text (
  purpose text not null,
  version integer not null,
  title text not null,
  text text not null,
  title_en text not null,
  text_en text not null,
  effective_from timestamp with time zone not null,
  constraint consent_text_purpose_check CHECK ((purpose = ANY (ARRAY['health_data'::text, 'child_data'::text, 'proxy'::text, 'draw_pool'::text]))),
  constraint consent_text_version_check CHECK ((version > 0)),
  constraint consent_text_pkey PRIMARY KEY (purpose, version)
);

create table identity.data_request (
  id uuid not null,
  kind text not null,
  account_id uuid not null,
  patient_id uuid,
  matter text not null default ''::text,
  sealed_text bytea,
  state text not null,
  asked_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  answered_at timestamp with time zone,
  answered_by text,
  sealed_answer bytea,
  version integer not null default 1,
  constraint data_request_answered CHECK (((state = 'open'::text) = (answered_at IS NULL))),
  constraint data_request_kind_check CHECK ((kind = ANY (ARRAY['export'::text, 'correction'::text, 'deletion'::text, 'objection'::text]))),
  constraint data_request_state_check CHECK ((state = ANY (ARRAY['open'::text, 'done'::text, 'refused'::text]))),
  constraint data_request_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES identity.patient(id),
  constraint data_request_pkey PRIMARY KEY (id)
);

create table identity.delegate (
  id uuid not null,
  account_id uuid not null,
  hospital_id uuid not null,
  organisation text not null,
  kind text not null,
  sealed_name bytea not null,
  sealed_number bytea not null,
  valid_until date not null,
  day_max integer not null,
  month_max integer not null,
  state text not null default 'asked'::text,
  decided_by text,
  decided_at timestamp with time zone,
  version integer not null default 1,
  created_at timestamp with time zone not null,
  constraint delegate_day_max_check CHECK ((day_max > 0)),
  constraint delegate_decided CHECK (((state = 'asked'::text) = (decided_at IS NULL))),
  constraint delegate_kind_check CHECK ((kind = ANY (ARRAY['village_doctor'::text, 'social_worker'::text, 'school_nurse'::text, 'care_home'::text]))),
  constraint delegate_quota CHECK ((month_max >= day_max)),
  constraint delegate_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'approved'::text, 'refused'::text, 'ended'::text]))),
  constraint delegate_account_id_fkey FOREIGN KEY (account_id) REFERENCES identity.account(id),
  constraint delegate_pkey PRIMARY KEY (id)
);

create table identity.delegate_act (
  id uuid not null,
  delegate_id uuid not null,
  patient_id uuid not null,
  kind text not null,
  acted_at timestamp with time zone not null,
  constraint delegate_act_kind_check CHECK ((kind = ANY (ARRAY['added'::text, 'booked'::text]))),
  constraint delegate_act_delegate_id_fkey FOREIGN KEY (delegate_id) REFERENCES identity.delegate(id),
  constraint delegate_act_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES identity.patient(id),
  constraint delegate_act_pkey PRIMARY KEY (id)
);

create table identity.delegate_consent (
  id uuid not null,
  delegate_id uuid not null,
  patient_id uuid not null,
  basis text not null,
  paper_reference text,
  given_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint delegate_consent_basis_check CHECK ((basis = ANY (ARRAY['code'::text, 'paper'::text, 'counter'::text]))),
  constraint delegate_consent_paper CHECK (((basis = 'paper'::text) = (paper_reference IS NOT NULL))),
  constraint delegate_consent_delegate_id_fkey FOREIGN KEY (delegate_id) REFERENCES identity.delegate(id),
  constraint delegate_consent_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES identity.patient(id),
  constraint delegate_consent_pkey PRIMARY KEY (id)
);

create table identity.former_document (
  document_index bytea not null,
  patient_id uuid not null,
  document_type text not null,
  sealed_document_number bytea not null,
  replaced_by text not null,
  replaced_at timestamp with time zone not null,
  constraint former_document_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES identity.patient(id),
  constraint former_document_pkey PRIMARY KEY (document_index)
);

create table identity.former_name (
  id uuid not null,
  patient_id uuid not null,
  sealed_name bytea not null,
  proof text not null,
  changed_by text not null,
  changed_at timestamp with time zone not null,
  constraint former_name_proof_check CHECK ((proof = ANY (ARRAY['id_card'::text, 'household_register'::text, 'police_certificate'::text, 'clerical'::text]))),
  constraint former_name_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES identity.patient(id),
  constraint former_name_pkey PRIMARY KEY (id)
);

create table identity.guardian (
  child_patient_id uuid not null,
  guardian_patient_id uuid not null,
  basis text not null,
  recorded_by text not null,
  created_at timestamp with time zone not null,
  constraint guardian_basis_check CHECK ((basis = ANY (ARRAY['declared'::text, 'certificate'::text, 'counter'::text]))),
  constraint guardian_check CHECK ((guardian_patient_id <> child_patient_id)),
  constraint guardian_child_patient_id_fkey FOREIGN KEY (child_patient_id) REFERENCES identity.patient(id),
  constraint guardian_guardian_patient_id_fkey FOREIGN KEY (guardian_patient_id) REFERENCES identity.patient(id),
  constraint guardian_pkey PRIMARY KEY (child_patient_id, guardian_patient_id)
);

create table identity.his_archive (
  id uuid not null,
  hospital_id uuid not null,
  patient_id uuid not null,
  sealed_number bytea not null,
  number_index bytea not null,
  chosen boolean not null,
  checked boolean not null default true,
  source text not null,
  recorded_by text not null,
  version integer not null default 1,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint his_archive_checked CHECK ((checked OR (NOT chosen))),
  constraint his_archive_ended CHECK (((ended_at IS NULL) OR (NOT chosen))),
  constraint his_archive_source_check CHECK ((source = ANY (ARRAY['his'::text, 'counter'::text, 'self'::text]))),
  constraint his_archive_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES identity.patient(id),
  constraint his_archive_pkey PRIMARY KEY (id)
);

create table identity.oidc_flow (
  state_hash bytea not null,
  started_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint oidc_flow_pkey PRIMARY KEY (state_hash)
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
  phone_proof text not null default 'none'::text,
  guardian_patient_id uuid,
  check_result text not null,
  check_source text not null,
  check_reference text not null default ''::text,
  checked_at timestamp with time zone not null,
  sealed_first_document bytea,
  merged_into uuid,
  version integer not null default 1,
  created_at timestamp with time zone not null,
  erased_at timestamp with time zone,
  erased_until timestamp with time zone,
  constraint patient_check CHECK ((merged_into <> id)),
  constraint patient_check_result_check CHECK ((check_result = ANY (ARRAY['match'::text, 'mismatch'::text, 'unknown'::text, 'unavailable'::text, 'counter'::text, 'migrated'::text]))),
  constraint patient_erased CHECK (((erased_at IS NULL) OR ((sealed_name = '\x'::bytea) AND (sealed_document_number = '\x'::bytea) AND (sealed_phone IS NULL)))),
  constraint patient_phone_proof_check CHECK ((phone_proof = ANY (ARRAY['none'::text, 'code'::text, 'counter'::text]))),
  constraint patient_sex_check CHECK ((sex = ANY (ARRAY['male'::text, 'female'::text, 'unknown'::text]))),
  constraint patient_guardian_patient_id_fkey FOREIGN KEY (guardian_patient_id) REFERENCES identity.patient(id),
  constraint patient_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES identity.patient(id),
  constraint patient_pkey PRIMARY KEY (id),
  constraint patient_document UNIQUE (document_index)
);

create table identity.person_case (
  id uuid not null,
  kind text not null,
  hospital_id uuid,
  patient_id uuid not null,
  account_id uuid,
  appointment_id uuid,
  state text not null default 'open'::text,
  sealed_note bytea,
  bookings integer not null default 0,
  opened_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  version integer not null default 1,
  constraint person_case_act CHECK (((kind = 'act'::text) = (appointment_id IS NOT NULL))),
  constraint person_case_bookings_check CHECK ((bookings >= 0)),
  constraint person_case_decided CHECK (((state = 'open'::text) = (decided_at IS NULL))),
  constraint person_case_kind_check CHECK ((kind = ANY (ARRAY['document'::text, 'archives'::text, 'act'::text]))),
  constraint person_case_state_check CHECK ((state = ANY (ARRAY['open'::text, 'accepted'::text, 'refused'::text]))),
  constraint person_case_account_id_fkey FOREIGN KEY (account_id) REFERENCES identity.account(id),
  constraint person_case_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES identity.patient(id),
  constraint person_case_pkey PRIMARY KEY (id)
);

create table identity.real_name_attempt (
  id uuid not null,
  account_id uuid not null,
  created_at timestamp with time zone not null,
  constraint real_name_attempt_account_id_fkey FOREIGN KEY (account_id) REFERENCES identity.account(id),
  constraint real_name_attempt_pkey PRIMARY KEY (id)
);

create table identity.real_name_check (
  id uuid not null,
  patient_id uuid not null,
  method text not null,
  result text not null,
  source text not null,
  reference text not null,
  checked_at timestamp with time zone not null,
  constraint real_name_check_method_check CHECK ((method = ANY (ARRAY['two_factor'::text, 'credential'::text, 'counter'::text, 'migrated'::text]))),
  constraint real_name_check_result_check CHECK ((result = ANY (ARRAY['match'::text, 'mismatch'::text, 'unknown'::text, 'unavailable'::text, 'counter'::text, 'migrated'::text]))),
  constraint real_name_check_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES identity.patient(id),
  constraint real_name_check_pkey PRIMARY KEY (id)
);

create table identity.related_person (
  account_id uuid not null,
  patient_id uuid not null,
  relation text not null,
  state text not null default 'active'::text,
  confirmed_by text not null default 'none'::text,
  confirmed_at timestamp with time zone,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint related_person_confirmed_by_check CHECK ((confirmed_by = ANY (ARRAY['none'::text, 'self'::text, 'code'::text, 'counter'::text, 'credential'::text, 'guardian'::text, 'paper'::text]))),
  constraint related_person_delegate CHECK (((state <> 'delegate'::text) OR (relation = 'delegate'::text))),
  constraint related_person_relation_check CHECK ((relation = ANY (ARRAY['self'::text, 'child'::text, 'parent'::text, 'spouse'::text, 'other'::text, 'delegate'::text]))),
  constraint related_person_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'trial'::text, 'active'::text, 'delegate'::text, 'merged'::text]))),
  constraint related_person_account_id_fkey FOREIGN KEY (account_id) REFERENCES identity.account(id),
  constraint related_person_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES identity.patient(id),
  constraint related_person_pkey PRIMARY KEY (account_id, patient_id, created_at)
);

create table identity.security_rule (
  hospital_id uuid not null,
  second_factor_roles text[] not null,
  version integer not null default 1,
  changed_at timestamp with time zone not null,
  constraint security_rule_pkey PRIMARY KEY (hospital_id)
);

create table identity.session (
  id uuid not null,
  account_id uuid,
  staff_id uuid,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  user_agent text not null default ''::text,
  method text not null default 'code'::text,
  seen_at timestamp with time zone,
  constraint session_method_check CHECK ((method = ANY (ARRAY['code'::text, 'password'::text, 'password-totp'::text, 'password-recovery'::text, 'oidc'::text, 'oidc-totp'::text, 'oidc-recovery'::text]))),
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
  unsent_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint sign_in_code_tries_left_check CHECK ((tries_left >= 0)),
  constraint sign_in_code_pkey PRIMARY KEY (id)
);

create table identity.sign_in_network (
  network text not null,
  failures integer not null,
  window_began_at timestamp with time zone not null,
  constraint sign_in_network_pkey PRIMARY KEY (network)
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
  must_change_password boolean not null default false,
  version integer not null default 1,
  created_at timestamp with time zone not null,
  disabled_at timestamp with time zone,
  constraint staff_roles_check CHECK ((cardinality(roles) > 0)),
  constraint staff_pkey PRIMARY KEY (id),
  constraint staff_username UNIQUE (username)
);

create table identity.staff_network (
  staff_id uuid not null,
  network text not null,
  seen_at timestamp with time zone not null,
  constraint staff_network_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES identity.staff(id),
  constraint staff_network_pkey PRIMARY KEY (staff_id, network)
);

create table identity.staff_oidc (
  issuer text not null,
  subject text not null,
  staff_id uuid not null,
  linked_at timestamp with time zone not null,
  constraint staff_oidc_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES identity.staff(id),
  constraint staff_oidc_pkey PRIMARY KEY (issuer, subject),
  constraint staff_oidc_one UNIQUE (issuer, staff_id)
);

create table identity.staff_recovery_code (
  staff_id uuid not null,
  code_hash bytea not null,
  used_at timestamp with time zone,
  constraint staff_recovery_code_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES identity.staff(id),
  constraint staff_recovery_code_pkey PRIMARY KEY (staff_id, code_hash)
);

create table identity.staff_second_factor (
  staff_id uuid not null,
  sealed_secret bytea,
  sealed_pending bytea,
  confirmed_at timestamp with time zone,
  last_step bigint not null default 0,
  constraint staff_second_factor_confirmed CHECK (((sealed_secret IS NULL) = (confirmed_at IS NULL))),
  constraint staff_second_factor_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES identity.staff(id),
  constraint staff_second_factor_pkey PRIMARY KEY (staff_id)
);

CREATE INDEX consent_patient ON identity.consent USING btree (patient_id);

CREATE INDEX data_request_account ON identity.data_request USING btree (account_id, asked_at DESC);

CREATE INDEX data_request_open ON identity.data_request USING btree (due_at) WHERE (state = 'open'::text);

CREATE INDEX delegate_act_delegate ON identity.delegate_act USING btree (delegate_id, acted_at);

CREATE INDEX delegate_act_patient ON identity.delegate_act USING btree (patient_id);

CREATE INDEX delegate_consent_patient ON identity.delegate_consent USING btree (patient_id);

CREATE INDEX delegate_hospital ON identity.delegate USING btree (hospital_id, state);

CREATE INDEX former_document_patient ON identity.former_document USING btree (patient_id);

CREATE INDEX former_name_patient ON identity.former_name USING btree (patient_id);

CREATE INDEX his_archive_patient ON identity.his_archive USING btree (patient_id);

CREATE INDEX outbox_message_time ON identity.outbox_message USING btree (purpose, created_at DESC, id DESC);

CREATE INDEX patient_phone ON identity.patient USING btree (phone_index) WHERE (phone_index IS NOT NULL);

CREATE INDEX person_case_list ON identity.person_case USING btree (opened_at) WHERE (state = 'open'::text);

CREATE INDEX real_name_attempt_account ON identity.real_name_attempt USING btree (account_id, created_at);

CREATE INDEX real_name_check_patient ON identity.real_name_check USING btree (patient_id, checked_at);

CREATE INDEX related_person_patient ON identity.related_person USING btree (patient_id) WHERE (ended_at IS NULL);

CREATE INDEX session_account ON identity.session USING btree (account_id) WHERE ((account_id IS NOT NULL) AND (ended_at IS NULL));

CREATE INDEX session_staff ON identity.session USING btree (staff_id) WHERE ((staff_id IS NOT NULL) AND (ended_at IS NULL));

CREATE INDEX sign_in_code_network ON identity.sign_in_code USING btree (network, created_at);

CREATE INDEX sign_in_code_phone ON identity.sign_in_code USING btree (phone_index, created_at);

CREATE UNIQUE INDEX consent_current ON identity.consent USING btree (account_id, patient_id, purpose) WHERE ((withdrawn_at IS NULL) AND (replaced_at IS NULL));

CREATE UNIQUE INDEX delegate_account ON identity.delegate USING btree (account_id) WHERE (state = ANY (ARRAY['asked'::text, 'approved'::text]));

CREATE UNIQUE INDEX delegate_consent_living ON identity.delegate_consent USING btree (delegate_id, patient_id) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX his_archive_chosen ON identity.his_archive USING btree (hospital_id, patient_id) WHERE chosen;

CREATE UNIQUE INDEX his_archive_number ON identity.his_archive USING btree (hospital_id, number_index) WHERE ((ended_at IS NULL) AND checked);

CREATE UNIQUE INDEX person_case_disputed ON identity.person_case USING btree (appointment_id) WHERE (kind = 'act'::text);

CREATE UNIQUE INDEX person_case_open ON identity.person_case USING btree (patient_id, kind) WHERE ((state = 'open'::text) AND (kind <> 'act'::text));

CREATE UNIQUE INDEX related_person_active ON identity.related_person USING btree (account_id, patient_id) INCLUDE (state) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX related_person_self ON identity.related_person USING btree (account_id) WHERE ((ended_at IS NULL) AND (relation = 'self'::text));

CREATE TRIGGER consent_text_append_only BEFORE DELETE OR UPDATE ON identity.consent_text FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();

-- schema kiosk

create table kiosk.terminal (
  id uuid not null,
  hospital_id uuid not null,
  name text not null,
  place text not null,
  state text not null default 'waiting'::text,
  pairing_hash bytea,
  pairing_until timestamp with time zone,
  token_hash bytea,
  generation integer not null default 1,
  created_by text not null,
  created_at timestamp with time zone not null,
  paired_at timestamp with time zone,
  revoked_at timestamp with time zone,
  revoked_by text,
  alerts integer not null default 0,
  alerted_at timestamp with time zone,
  version integer not null default 1,
  constraint terminal_name_check CHECK ((name <> ''::text)),
  constraint terminal_pairing CHECK ((((state = 'waiting'::text) = (pairing_hash IS NOT NULL)) AND ((state = 'waiting'::text) = (pairing_until IS NOT NULL)))),
  constraint terminal_place_check CHECK ((place <> ''::text)),
  constraint terminal_revoked CHECK (((state = 'revoked'::text) = (revoked_at IS NOT NULL))),
  constraint terminal_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'active'::text, 'revoked'::text]))),
  constraint terminal_token CHECK (((state = 'active'::text) = (token_hash IS NOT NULL))),
  constraint terminal_pkey PRIMARY KEY (id),
  constraint terminal_name UNIQUE (hospital_id, name)
);

create table kiosk.turn (
  id uuid not null,
  terminal_id uuid not null,
  hospital_id uuid not null,
  patient_id uuid,
  how text not null,
  proved boolean not null default false,
  card_nonce text,
  proof_tries integer not null default 0,
  made uuid[] not null default '{}'::uuid[],
  began_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  ended_by text,
  constraint turn_ended CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
  constraint turn_ended_by_check CHECK ((ended_by = ANY (ARRAY['left'::text, 'idle'::text, 'next'::text, 'revoked'::text, 'refused'::text]))),
  constraint turn_how_check CHECK ((how = ANY (ARRAY['typed'::text, 'reader'::text]))),
  constraint turn_person CHECK (((patient_id IS NOT NULL) OR (ended_by = 'refused'::text))),
  constraint turn_terminal_id_fkey FOREIGN KEY (terminal_id) REFERENCES kiosk.terminal(id),
  constraint turn_pkey PRIMARY KEY (id),
  constraint turn_card_once UNIQUE (terminal_id, card_nonce)
);

CREATE INDEX turn_began ON kiosk.turn USING btree (terminal_id, began_at);

CREATE INDEX turn_patient ON kiosk.turn USING btree (patient_id) WHERE (patient_id IS NOT NULL);

CREATE UNIQUE INDEX terminal_pairing_hash ON kiosk.terminal USING btree (pairing_hash) WHERE (pairing_hash IS NOT NULL);

CREATE UNIQUE INDEX terminal_token_hash ON kiosk.terminal USING btree (token_hash) WHERE (token_hash IS NOT NULL);

CREATE UNIQUE INDEX turn_one_open ON kiosk.turn USING btree (terminal_id) WHERE (ended_at IS NULL);

-- schema notify

create table notify.channel_choice (
  account_id uuid not null,
  channel text not null,
  wanted boolean not null,
  changed_at timestamp with time zone not null,
  constraint channel_choice_channel_check CHECK ((channel = ANY (ARRAY['sms'::text, 'wechat'::text, 'email'::text]))),
  constraint channel_choice_pkey PRIMARY KEY (account_id, channel)
);

create table notify.clock_run (
  job text not null,
  reached timestamp with time zone not null,
  constraint clock_run_pkey PRIMARY KEY (job)
);

create table notify.contact (
  account_id uuid not null,
  channel text not null,
  sealed_to bytea not null,
  to_index bytea not null,
  confirmed_at timestamp with time zone,
  code_index bytea,
  code_until timestamp with time zone,
  code_tries integer not null default 0,
  created_at timestamp with time zone not null,
  constraint contact_channel_check CHECK ((channel = ANY (ARRAY['wechat'::text, 'email'::text]))),
  constraint contact_code CHECK (((code_index IS NULL) = (code_until IS NULL))),
  constraint contact_code_tries_check CHECK (((code_tries >= 0) AND (code_tries <= 5))),
  constraint contact_proven CHECK (((confirmed_at IS NOT NULL) OR (code_index IS NOT NULL))),
  constraint contact_pkey PRIMARY KEY (account_id, channel)
);

create table notify.message (
  id uuid not null,
  notice_id uuid not null,
  channel text not null,
  to_index bytea not null,
  sealed_to bytea not null,
  sealed_body bytea not null,
  state text not null,
  urgent boolean not null default false,
  rings boolean not null default true,
  due_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  tries integer not null default 0,
  failure text,
  sent_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint message_channel_check CHECK ((channel = ANY (ARRAY['sms'::text, 'wechat'::text, 'email'::text]))),
  constraint message_failed CHECK (((state <> 'failed'::text) OR (failure IS NOT NULL))),
  constraint message_sent CHECK (((state = 'sent'::text) = (sent_at IS NOT NULL))),
  constraint message_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'waiting_for_morning'::text, 'sent'::text, 'failed'::text]))),
  constraint message_tries_check CHECK ((tries >= 0)),
  constraint message_urgent CHECK ((NOT (urgent AND (state = 'waiting_for_morning'::text)))),
  constraint message_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notify.notice(id),
  constraint message_pkey PRIMARY KEY (id),
  constraint message_once UNIQUE (notice_id, channel, to_index)
);

create table notify.notice (
  id uuid not null,
  event_id uuid not null,
  hospital_id uuid,
  patient_id uuid not null,
  kind text not null,
  matter text not null,
  appointment_id uuid,
  sealed_title bytea not null,
  sealed_text bytea not null,
  link text,
  accounts integer not null,
  expires_at timestamp with time zone,
  must_reach boolean not null default false,
  over_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint notice_accounts_check CHECK ((accounts >= 0)),
  constraint notice_kind_check CHECK ((kind ~ '^[a-z_]+$'::text)),
  constraint notice_pkey PRIMARY KEY (id),
  constraint notice_event UNIQUE (event_id, patient_id),
  constraint notice_matter UNIQUE (patient_id, matter)
);

create table notify.notice_call (
  id uuid not null,
  notice_id uuid not null,
  nth integer not null,
  outcome text not null,
  called_by text not null,
  called_at timestamp with time zone not null,
  constraint notice_call_nth_check CHECK ((nth > 0)),
  constraint notice_call_outcome_check CHECK ((outcome = ANY (ARRAY['reached'::text, 'no_answer'::text, 'wrong_number'::text, 'no_phone'::text]))),
  constraint notice_call_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notify.notice(id),
  constraint notice_call_pkey PRIMARY KEY (id),
  constraint notice_call_nth UNIQUE (notice_id, nth)
);

create table notify.notice_read (
  account_id uuid not null,
  notice_id uuid not null,
  read_at timestamp with time zone not null,
  constraint notice_read_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notify.notice(id),
  constraint notice_read_pkey PRIMARY KEY (account_id, notice_id)
);

create table notify.wechat_grant (
  account_id uuid not null,
  template text not null,
  granted integer not null,
  used integer not null default 0,
  constraint wechat_grant_granted_check CHECK ((granted >= 0)),
  constraint wechat_grant_used CHECK (((used >= 0) AND (used <= granted))),
  constraint wechat_grant_pkey PRIMARY KEY (account_id, template)
);

create view notify.unreachable_message as
 SELECT id AS notice_id,
    hospital_id,
    patient_id,
    kind,
    created_at
   FROM notify.notice n
  WHERE ((accounts = 0) AND (NOT (EXISTS ( SELECT
           FROM notify.message m
          WHERE ((m.notice_id = n.id) AND (m.state <> 'failed'::text))))));

CREATE INDEX message_due ON notify.message USING btree (state, expires_at, due_at, id) WHERE (state = ANY (ARRAY['queued'::text, 'waiting_for_morning'::text]));

CREATE INDEX notice_must_reach ON notify.notice USING btree (hospital_id, created_at) WHERE must_reach;

CREATE INDEX notice_patient ON notify.notice USING btree (patient_id, id DESC);

CREATE INDEX notice_read_notice ON notify.notice_read USING btree (notice_id);

CREATE INDEX notice_visit ON notify.notice USING btree (appointment_id) WHERE ((kind = 'to_pay'::text) AND (over_at IS NULL));

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

create table paper.rewrite (
  hospital_id uuid not null,
  service_date date not null,
  asked_at timestamp with time zone not null,
  constraint rewrite_pkey PRIMARY KEY (hospital_id, service_date)
);

CREATE INDEX edition_day ON paper.edition USING btree (hospital_id, service_date);

-- schema payment

create table payment.attempt (
  id uuid not null,
  order_id uuid not null,
  hospital_id uuid not null,
  number text not null,
  channel text not null,
  amount_fen integer not null,
  state text not null default 'open'::text,
  closing boolean not null default false,
  paid_fen integer not null default 0,
  refund_asked_fen integer not null default 0,
  expires_at timestamp with time zone not null,
  transaction_id text,
  payer_index text,
  receipt_number text,
  paid_at timestamp with time zone,
  created_at timestamp with time zone not null,
  created_by text not null,
  tries integer not null default 0,
  next_try_at timestamp with time zone not null,
  asked_at timestamp with time zone,
  constraint attempt_amount_fen_check CHECK ((amount_fen > 0)),
  constraint attempt_cash CHECK (((channel = 'cash'::text) = (receipt_number IS NOT NULL))),
  constraint attempt_channel_check CHECK ((channel = ANY (ARRAY['wechat'::text, 'alipay'::text, 'cash'::text]))),
  constraint attempt_paid CHECK ((((state = 'paid'::text) = (paid_at IS NOT NULL)) AND ((state = 'paid'::text) = (paid_fen > 0)))),
  constraint attempt_paid_fen_check CHECK ((paid_fen >= 0)),
  constraint attempt_refund_asked CHECK (((refund_asked_fen >= 0) AND (refund_asked_fen <= paid_fen))),
  constraint attempt_state_check CHECK ((state = ANY (ARRAY['open'::text, 'paid'::text, 'closed'::text]))),
  constraint attempt_order_id_fkey FOREIGN KEY (order_id) REFERENCES payment.payment_order(id),
  constraint attempt_pkey PRIMARY KEY (id),
  constraint attempt_number UNIQUE (number),
  constraint attempt_receipt UNIQUE (hospital_id, receipt_number),
  constraint attempt_transaction UNIQUE (channel, transaction_id)
);

create table payment.bill (
  id uuid not null,
  hospital_id uuid not null,
  his_id text not null,
  patient_id uuid not null,
  lines jsonb not null,
  amount_fen integer not null,
  state text not null default 'unpaid'::text,
  issued_at timestamp with time zone not null,
  paid_at timestamp with time zone,
  version integer not null default 1,
  constraint bill_amount_fen_check CHECK ((amount_fen > 0)),
  constraint bill_state_check CHECK ((state = ANY (ARRAY['unpaid'::text, 'paid'::text, 'withdrawn'::text]))),
  constraint bill_pkey PRIMARY KEY (id),
  constraint bill_his UNIQUE (hospital_id, his_id)
);

create table payment.cash_shift (
  id uuid not null,
  hospital_id uuid not null,
  actor text not null,
  began_at timestamp with time zone not null,
  ended_at timestamp with time zone not null,
  received integer not null,
  received_fen integer not null,
  refunded integer not null,
  refunded_fen integer not null,
  float_fen integer not null,
  counted_fen integer not null,
  difference_fen integer not null generated always as ((((counted_fen - float_fen) - received_fen) + refunded_fen)) stored,
  note text,
  constraint cash_shift_check CHECK ((ended_at >= began_at)),
  constraint cash_shift_counted_fen_check CHECK ((counted_fen >= 0)),
  constraint cash_shift_float_fen_check CHECK ((float_fen >= 0)),
  constraint cash_shift_note CHECK ((((((counted_fen - float_fen) - received_fen) + refunded_fen) = 0) OR (note IS NOT NULL))),
  constraint cash_shift_received_check CHECK ((received >= 0)),
  constraint cash_shift_received_fen_check CHECK ((received_fen >= 0)),
  constraint cash_shift_refunded_check CHECK ((refunded >= 0)),
  constraint cash_shift_refunded_fen_check CHECK ((refunded_fen >= 0)),
  constraint cash_shift_pkey PRIMARY KEY (id)
);

create table payment.fee_item (
  id uuid not null,
  hospital_id uuid not null,
  healthcare_service_id uuid not null,
  code text not null,
  name text not null,
  self_pay_fen integer not null,
  insured_fen integer not null,
  effective_from date not null,
  source text not null,
  created_at timestamp with time zone not null,
  created_by text not null,
  constraint fee_item_insured_fen_check CHECK ((insured_fen >= 0)),
  constraint fee_item_self_pay_fen_check CHECK ((self_pay_fen >= 0)),
  constraint fee_item_source_check CHECK ((source = ANY (ARRAY['schedule'::text, 'local'::text]))),
  constraint fee_item_pkey PRIMARY KEY (id),
  constraint fee_item_once UNIQUE (healthcare_service_id, code, source, effective_from)
);

create table payment.ledger_entry (
  id bigint not null generated always as identity,
  movement_id uuid not null,
  kind text not null,
  order_id uuid not null,
  attempt_id uuid,
  refund_id uuid,
  account text not null,
  amount_fen integer not null,
  value_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  actor text not null,
  constraint ledger_entry_account_check CHECK ((account = ANY (ARRAY['wechat'::text, 'alipay'::text, 'cash'::text, 'patient'::text, 'visit_income'::text, 'bill_income'::text]))),
  constraint ledger_entry_amount_fen_check CHECK ((amount_fen <> 0)),
  constraint ledger_entry_kind_check CHECK ((kind = ANY (ARRAY['payment'::text, 'charge'::text, 'reversal'::text, 'refund'::text]))),
  constraint ledger_payment CHECK (((kind = 'payment'::text) = (attempt_id IS NOT NULL))),
  constraint ledger_refund CHECK (((kind = 'refund'::text) = (refund_id IS NOT NULL))),
  constraint ledger_entry_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES payment.attempt(id),
  constraint ledger_entry_order_id_fkey FOREIGN KEY (order_id) REFERENCES payment.payment_order(id),
  constraint ledger_entry_refund_id_fkey FOREIGN KEY (refund_id) REFERENCES payment.refund(id),
  constraint ledger_entry_pkey PRIMARY KEY (id),
  constraint ledger_sum_zero TRIGGER DEFERRABLE INITIALLY DEFERRED,
  constraint ledger_payment_once UNIQUE (attempt_id, account),
  constraint ledger_refund_once UNIQUE (refund_id, account)
);

create table payment.order_line (
  order_id uuid not null,
  settlement integer not null,
  "position" integer not null,
  code text not null,
  name text not null,
  amount_fen integer not null,
  fee_item_id uuid,
  constraint order_line_amount_fen_check CHECK ((amount_fen > 0)),
  constraint order_line_order_id_fkey FOREIGN KEY (order_id) REFERENCES payment.payment_order(id),
  constraint order_line_pkey PRIMARY KEY (order_id, settlement, "position")
);

create table payment.payment_order (
  id uuid not null,
  hospital_id uuid not null,
  kind text not null,
  appointment_id uuid,
  reseated_from uuid,
  bill_id uuid,
  patient_id uuid not null,
  account_id uuid,
  category text not null default 'self_pay'::text,
  settlement integer not null default 1,
  state text not null default 'open'::text,
  amount_fen integer not null,
  charged_fen integer not null default 0,
  paid_fen integer not null default 0,
  refund_asked_fen integer not null default 0,
  refunded_fen integer not null default 0,
  kept_fen integer not null default 0,
  kept_rule_id uuid,
  pay_until timestamp with time zone,
  ended_at timestamp with time zone,
  end_reason text,
  end_due_at timestamp with time zone,
  visit_starts_at timestamp with time zone,
  opened_at timestamp with time zone not null,
  opened_by text not null,
  paid_at timestamp with time zone,
  answered_at timestamp with time zone,
  told_at timestamp with time zone,
  version integer not null default 0,
  constraint order_ended CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
  constraint order_paid CHECK (((state <> 'paid'::text) OR ((paid_fen - refund_asked_fen) = amount_fen))),
  constraint order_refund_asked CHECK (((refund_asked_fen >= 0) AND (refund_asked_fen <= paid_fen))),
  constraint order_refunded CHECK (((refunded_fen >= 0) AND (refunded_fen <= refund_asked_fen))),
  constraint order_refunding CHECK (((state = 'refunding'::text) = (refund_asked_fen > refunded_fen))),
  constraint order_subject CHECK ((((kind = 'visit'::text) = (appointment_id IS NOT NULL)) AND ((kind = 'bill'::text) = (bill_id IS NOT NULL)))),
  constraint payment_order_amount_fen_check CHECK ((amount_fen >= 0)),
  constraint payment_order_category_check CHECK ((category = ANY (ARRAY['self_pay'::text, 'insured'::text]))),
  constraint payment_order_charged_fen_check CHECK ((charged_fen >= 0)),
  constraint payment_order_kept_fen_check CHECK ((kept_fen >= 0)),
  constraint payment_order_kind_check CHECK ((kind = ANY (ARRAY['visit'::text, 'bill'::text]))),
  constraint payment_order_paid_fen_check CHECK ((paid_fen >= 0)),
  constraint payment_order_settlement_check CHECK ((settlement > 0)),
  constraint payment_order_state_check CHECK ((state = ANY (ARRAY['open'::text, 'paying'::text, 'paid'::text, 'closed'::text, 'refunding'::text, 'refunded'::text]))),
  constraint payment_order_bill_id_fkey FOREIGN KEY (bill_id) REFERENCES payment.bill(id),
  constraint payment_order_pkey PRIMARY KEY (id)
);

create table payment.price_rule (
  id uuid not null,
  hospital_id uuid not null,
  kept_percent integer not null,
  minutes_before integer not null,
  document_number text,
  scan_sha256 text,
  effective_from date not null,
  effective_to date,
  created_at timestamp with time zone not null,
  created_by text not null,
  constraint price_rule_check CHECK ((effective_to >= effective_from)),
  constraint price_rule_document CHECK (((kept_percent = 0) OR ((length(TRIM(BOTH FROM document_number)) > 3) AND (document_number IS NOT NULL) AND (scan_sha256 IS NOT NULL)))),
  constraint price_rule_kept_percent_check CHECK (((kept_percent >= 0) AND (kept_percent <= 100))),
  constraint price_rule_minutes_before_check CHECK ((minutes_before >= 0)),
  constraint price_rule_scan FOREIGN KEY (hospital_id, scan_sha256) REFERENCES payment.scan(hospital_id, sha256),
  constraint price_rule_pkey PRIMARY KEY (id)
);

create table payment.reconciliation (
  id uuid not null,
  service_date date not null,
  side text not null,
  hospital_id uuid,
  ours_count integer not null,
  ours_fen bigint not null,
  theirs_count integer not null,
  theirs_fen bigint not null,
  ran_at timestamp with time zone not null,
  runs integer not null default 1,
  constraint reconciliation_side_check CHECK ((side = ANY (ARRAY['wechat'::text, 'alipay'::text, 'his'::text]))),
  constraint reconciliation_pkey PRIMARY KEY (id),
  constraint reconciliation_once UNIQUE NULLS NOT DISTINCT (service_date, side, hospital_id)
);

create table payment.reconciliation_item (
  id uuid not null,
  reconciliation_id uuid,
  hospital_id uuid,
  service_date date not null,
  side text not null,
  kind text not null,
  order_number text not null,
  refund_number text,
  ours_fen integer,
  theirs_fen integer,
  state text not null default 'open'::text,
  found_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  settled_by text,
  how text,
  note text,
  version integer not null default 0,
  constraint item_settled CHECK (((state = 'settled'::text) = ((settled_at IS NOT NULL) AND (how IS NOT NULL) AND (settled_by IS NOT NULL)))),
  constraint reconciliation_item_how_check CHECK ((how = ANY (ARRAY['explained'::text, 'corrected'::text, 'refunded'::text, 'retried'::text, 'next_day'::text]))),
  constraint reconciliation_item_kind_check CHECK ((kind = ANY (ARRAY['surplus'::text, 'shortage'::text, 'amount'::text, 'repeated'::text, 'refund'::text]))),
  constraint reconciliation_item_state_check CHECK ((state = ANY (ARRAY['open'::text, 'settled'::text]))),
  constraint reconciliation_item_reconciliation_id_fkey FOREIGN KEY (reconciliation_id) REFERENCES payment.reconciliation(id),
  constraint reconciliation_item_pkey PRIMARY KEY (id),
  constraint item_once UNIQUE NULLS NOT DISTINCT (side, kind, order_number, refund_number, service_date)
);

create table payment.refund (
  id uuid not null,
  order_id uuid not null,
  attempt_id uuid not null,
  hospital_id uuid not null,
  number text not null,
  channel text not null,
  amount_fen integer not null,
  reason text not null,
  state text not null default 'asked'::text,
  channel_refund_id text,
  receipt_number text,
  asked_at timestamp with time zone not null,
  asked_by text not null,
  done_at timestamp with time zone,
  done_by text,
  tries integer not null default 0,
  next_try_at timestamp with time zone not null,
  constraint refund_amount_fen_check CHECK ((amount_fen > 0)),
  constraint refund_channel_check CHECK ((channel = ANY (ARRAY['wechat'::text, 'alipay'::text, 'cash'::text]))),
  constraint refund_done CHECK (((state = 'done'::text) = (done_at IS NOT NULL))),
  constraint refund_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'processing'::text, 'done'::text, 'abnormal'::text]))),
  constraint refund_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES payment.attempt(id),
  constraint refund_order_id_fkey FOREIGN KEY (order_id) REFERENCES payment.payment_order(id),
  constraint refund_pkey PRIMARY KEY (id),
  constraint refund_number UNIQUE (number),
  constraint refund_receipt UNIQUE (hospital_id, receipt_number)
);

create table payment.scan (
  sha256 text not null,
  hospital_id uuid not null,
  media_type text not null,
  bytes bytea not null,
  uploaded_at timestamp with time zone not null,
  uploaded_by text not null,
  constraint scan_pkey PRIMARY KEY (hospital_id, sha256)
);

CREATE INDEX attempt_due ON payment.attempt USING btree (next_try_at) WHERE (state = 'open'::text);

CREATE INDEX attempt_order ON payment.attempt USING btree (order_id);

CREATE INDEX bill_patient ON payment.bill USING btree (patient_id);

CREATE INDEX cash_shift_actor ON payment.cash_shift USING btree (hospital_id, actor, ended_at);

CREATE INDEX item_open ON payment.reconciliation_item USING btree (service_date) WHERE (state = 'open'::text);

CREATE INDEX ledger_day ON payment.ledger_entry USING btree (account, value_at);

CREATE INDEX ledger_movement ON payment.ledger_entry USING btree (movement_id);

CREATE INDEX ledger_order ON payment.ledger_entry USING btree (order_id);

CREATE INDEX order_appointment ON payment.payment_order USING btree (appointment_id, opened_at);

CREATE INDEX order_end_due ON payment.payment_order USING btree (end_due_at) WHERE (end_due_at IS NOT NULL);

CREATE INDEX order_reseated ON payment.payment_order USING btree (reseated_from) WHERE (reseated_from IS NOT NULL);

CREATE INDEX order_unanswered ON payment.payment_order USING btree (told_at) WHERE ((state = 'paid'::text) AND (answered_at IS NULL));

CREATE INDEX refund_due ON payment.refund USING btree (next_try_at) WHERE ((state = ANY (ARRAY['asked'::text, 'processing'::text])) AND (channel <> 'cash'::text));

CREATE INDEX refund_order ON payment.refund USING btree (order_id);

CREATE UNIQUE INDEX attempt_open ON payment.attempt USING btree (order_id) WHERE (state = 'open'::text);

CREATE UNIQUE INDEX order_bill ON payment.payment_order USING btree (bill_id) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX order_visit ON payment.payment_order USING btree (appointment_id) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX price_rule_open ON payment.price_rule USING btree (hospital_id) WHERE (effective_to IS NULL);

CREATE OR REPLACE FUNCTION payment.refuse_step()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'a % cannot go from % to %', tg_table_name, old.state, new.state
    using errcode = 'check_violation', constraint = tg_argv[0];
end $function$
;

CREATE OR REPLACE FUNCTION payment.refuse_unbalanced()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if (select sum(amount_fen) from payment.ledger_entry where movement_id = new.movement_id) <> 0 then
    raise exception 'movement % does not add up to nothing', new.movement_id
      using errcode = 'check_violation', constraint = 'ledger_sum_zero';
  end if;
  return null;
end $function$
;

CREATE TRIGGER attempt_state_graph BEFORE UPDATE OF state ON payment.attempt FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND ((((old.state <> 'open'::text) OR (new.state <> 'paid'::text)) AND ((old.state <> 'open'::text) OR (new.state <> 'closed'::text))) AND ((old.state <> 'closed'::text) OR (new.state <> 'paid'::text))))) EXECUTE FUNCTION payment.refuse_step('attempt_state_graph');

CREATE TRIGGER cash_shift_append_only BEFORE DELETE OR UPDATE ON payment.cash_shift FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();

CREATE TRIGGER ledger_append_only BEFORE DELETE OR UPDATE ON payment.ledger_entry FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();

CREATE CONSTRAINT TRIGGER ledger_sum_zero AFTER INSERT ON payment.ledger_entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payment.refuse_unbalanced();

CREATE TRIGGER payment_order_state_graph BEFORE UPDATE OF state ON payment.payment_order FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND (((((((((((((((((((old.state <> 'open'::text) OR (new.state <> 'paying'::text)) AND ((old.state <> 'open'::text) OR (new.state <> 'paid'::text))) AND ((old.state <> 'open'::text) OR (new.state <> 'closed'::text))) AND ((old.state <> 'open'::text) OR (new.state <> 'refunding'::text))) AND ((old.state <> 'paying'::text) OR (new.state <> 'open'::text))) AND ((old.state <> 'paying'::text) OR (new.state <> 'paid'::text))) AND ((old.state <> 'paying'::text) OR (new.state <> 'closed'::text))) AND ((old.state <> 'paying'::text) OR (new.state <> 'refunding'::text))) AND ((old.state <> 'paid'::text) OR (new.state <> 'open'::text))) AND ((old.state <> 'paid'::text) OR (new.state <> 'closed'::text))) AND ((old.state <> 'paid'::text) OR (new.state <> 'refunding'::text))) AND ((old.state <> 'refunding'::text) OR (new.state <> 'paid'::text))) AND ((old.state <> 'refunding'::text) OR (new.state <> 'refunded'::text))) AND ((old.state <> 'refunding'::text) OR (new.state <> 'paying'::text))) AND ((old.state <> 'closed'::text) OR (new.state <> 'paid'::text))) AND ((old.state <> 'closed'::text) OR (new.state <> 'paying'::text))) AND ((old.state <> 'closed'::text) OR (new.state <> 'refunding'::text))) AND ((old.state <> 'refunded'::text) OR (new.state <> 'refunding'::text))))) EXECUTE FUNCTION payment.refuse_step('payment_order_state_graph');

CREATE TRIGGER refund_state_graph BEFORE UPDATE OF state ON payment.refund FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND ((((((((old.state <> 'asked'::text) OR (new.state <> 'processing'::text)) AND ((old.state <> 'asked'::text) OR (new.state <> 'done'::text))) AND ((old.state <> 'asked'::text) OR (new.state <> 'abnormal'::text))) AND ((old.state <> 'processing'::text) OR (new.state <> 'done'::text))) AND ((old.state <> 'processing'::text) OR (new.state <> 'abnormal'::text))) AND ((old.state <> 'abnormal'::text) OR (new.state <> 'asked'::text))) AND ((old.state <> 'abnormal'::text) OR (new.state <> 'done'::text))))) EXECUTE FUNCTION payment.refuse_step('refund_state_graph');

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

create table platform.field_key (
  id text not null,
  wrapped_key bytea,
  state text not null,
  created_at timestamp with time zone not null,
  retired_at timestamp with time zone,
  constraint field_key_id_check CHECK ((id ~ '^[a-z0-9._-]{1,32}$'::text)),
  constraint field_key_kept CHECK (((state = 'destroyed'::text) = (wrapped_key IS NULL))),
  constraint field_key_retired CHECK (((state = ANY (ARRAY['retired'::text, 'destroyed'::text])) = (retired_at IS NOT NULL))),
  constraint field_key_state_check CHECK ((state = ANY (ARRAY['announced'::text, 'active'::text, 'open'::text, 'retired'::text, 'destroyed'::text]))),
  constraint field_key_pkey PRIMARY KEY (id)
);

create table platform.field_key_server (
  server_id uuid not null,
  algorithm text not null,
  active_key_id text not null,
  known_key_ids text[] not null,
  seen_at timestamp with time zone not null,
  constraint field_key_server_pkey PRIMARY KEY (server_id)
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

CREATE UNIQUE INDEX field_key_active ON platform.field_key USING btree ((true)) WHERE (state = 'active'::text);

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
  twin_of text,
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

CREATE UNIQUE INDEX entry_patient_once ON release.entry USING btree (draw_id, patient_id) WHERE ((withdrawn_at IS NULL) AND (twin_of IS NULL));

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
  latitude double precision,
  longitude double precision,
  version integer not null default 0,
  constraint campus_latitude_check CHECK (((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision))),
  constraint campus_longitude_check CHECK (((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision))),
  constraint campus_position CHECK (((latitude IS NULL) = (longitude IS NULL))),
  constraint campus_hospital_id_fkey FOREIGN KEY (hospital_id) REFERENCES schedule.hospital(id),
  constraint campus_pkey PRIMARY KEY (id),
  constraint campus_code UNIQUE (hospital_id, code)
);

create table schedule.change_record (
  id uuid not null,
  hospital_id uuid not null,
  session_id uuid not null,
  kind text not null,
  practitioner_id uuid,
  substitute_id uuid,
  cause text not null,
  lateness text not null,
  reason text not null,
  service_date date not null,
  recorded_by text not null,
  recorded_at timestamp with time zone not null,
  constraint change_record_cause_check CHECK ((cause = ANY (ARRAY['approved'::text, 'emergency'::text, 'unannounced'::text]))),
  constraint change_record_kind_check CHECK ((kind = ANY (ARRAY['stop'::text, 'substitute'::text]))),
  constraint change_record_lateness_check CHECK ((lateness = ANY (ARRAY['in_time'::text, 'short'::text, 'late'::text]))),
  constraint change_record_substitute CHECK (((kind = 'substitute'::text) = (substitute_id IS NOT NULL))),
  constraint change_record_practitioner_id_fkey FOREIGN KEY (practitioner_id) REFERENCES schedule.practitioner(id),
  constraint change_record_session_id_fkey FOREIGN KEY (session_id) REFERENCES schedule.session(id),
  constraint change_record_substitute_id_fkey FOREIGN KEY (substitute_id) REFERENCES schedule.practitioner(id),
  constraint change_record_pkey PRIMARY KEY (id)
);

create table schedule.department (
  id uuid not null,
  hospital_id uuid not null,
  campus_id uuid not null,
  code text not null,
  name text not null,
  specialty_code text not null,
  place text not null default ''::text,
  sensitive boolean,
  version integer not null default 1,
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

create table schedule.red_flag (
  hospital_id uuid not null,
  specialty_code text not null,
  lines text[] not null,
  approved_by text not null,
  approved_at timestamp with time zone not null,
  version integer not null default 1,
  constraint red_flag_lines CHECK (((cardinality(lines) >= 1) AND (cardinality(lines) <= 12))),
  constraint red_flag_hospital_id_fkey FOREIGN KEY (hospital_id) REFERENCES schedule.hospital(id),
  constraint red_flag_pkey PRIMARY KEY (hospital_id, specialty_code)
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
  substitute_for uuid,
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
  constraint session_substitute_for_fkey FOREIGN KEY (substitute_for) REFERENCES schedule.practitioner(id),
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
    COALESCE(NULLIF(c.address, ''::text), h.address) AS campus_address,
    s.department_id,
    d.name AS department_name,
    d.specialty_code,
    d.place,
    COALESCE(d.sensitive, (d.specialty_code ~ '^(05\.0[345]|06\.04|07\.02|13\.02|15|16|17)'::text)) AS sensitive,
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
    e.substitute_for,
    e.version
   FROM (((((schedule.session e
     JOIN schedule.hospital h ON ((h.id = e.hospital_id)))
     JOIN schedule.healthcare_service s ON ((s.id = e.healthcare_service_id)))
     JOIN schedule.department d ON ((d.id = s.department_id)))
     JOIN schedule.campus c ON ((c.id = d.campus_id)))
     LEFT JOIN schedule.practitioner p ON ((p.id = e.practitioner_id)));

CREATE INDEX change_record_hospital ON schedule.change_record USING btree (hospital_id, recorded_at);

CREATE INDEX healthcare_service_department ON schedule.healthcare_service USING btree (department_id);

CREATE INDEX import_run_hospital ON schedule.import_run USING btree (hospital_id, committed_at);

CREATE INDEX session_date ON schedule.session USING btree (hospital_id, service_date);

CREATE UNIQUE INDEX session_practitioner ON schedule.session USING btree (practitioner_id, service_date, period) WHERE ((practitioner_id IS NOT NULL) AND (status = 'planned'::text));

CREATE UNIQUE INDEX session_practitioner_licence ON schedule.session USING btree (practitioner_licence, service_date, period) WHERE ((practitioner_licence IS NOT NULL) AND (status = 'planned'::text));
