-- Who people are: accounts, persons in care, staff, and their sessions.
create schema identity;

create table identity.account (
  id uuid primary key,
  sealed_phone bytea not null,
  phone_index bytea not null,
  -- 长辈版: large type, and no challenge is asked.
  elder_mode boolean not null default false,
  created_at timestamptz not null,
  -- Closed by its owner: the phone is empty and its index chance.
  closed_at timestamptz,
  constraint account_phone unique (phone_index)
);

-- A Patient is a person in care, one row a person however many accounts may act for them.
create table identity.patient (
  id uuid primary key,
  sealed_name bytea not null,
  document_type text not null,
  sealed_document_number bytea not null,
  document_index bytea not null,
  birth_date date,
  sex text not null default 'unknown' check (sex in ('male', 'female', 'unknown')),
  sealed_phone bytea,
  phone_index bytea,
  -- How the phone came to be believed: a code read back from it, the window, or nothing yet.
  phone_proof text not null default 'none' check (phone_proof in ('none', 'code', 'counter')),
  guardian_patient_id uuid references identity.patient,
  check_result text not null
    check (check_result in ('match', 'mismatch', 'unknown', 'unavailable', 'counter', 'migrated')),
  check_source text not null,
  check_reference text not null default '',
  checked_at timestamptz not null,
  -- The document a person was first known by, when it was replaced: draws tell persons apart by it.
  sealed_first_document bytea,
  merged_into uuid references identity.patient check (merged_into <> id),
  version integer not null default 1,
  created_at timestamptz not null,
  -- A person whose data was deleted: sealed fields are empty, and the index is a keyed pseudonym while
  -- a restriction, a loss or a no-show still runs, then chance.
  erased_at timestamptz,
  erased_until timestamptz,
  constraint patient_erased check (erased_at is null
    or (sealed_name = '' and sealed_document_number = '' and sealed_phone is null)),
  -- The index covers kind and number; identity card and household register carry one citizen's
  -- number and count as one kind, so a person cannot be registered twice under both.
  constraint patient_document unique (document_index)
);
create index patient_phone on identity.patient (phone_index) where phone_index is not null;

-- RelatedPerson: which account may act for which patient, and as what.
create table identity.related_person (
  account_id uuid not null references identity.account,
  patient_id uuid not null references identity.patient,
  relation text not null
    check (relation in ('self', 'child', 'parent', 'spouse', 'other', 'delegate')),
  -- pending: the patient has not agreed yet; trial: agreed, but staff have still to see the document;
  -- merged: what was booked may be looked after, nothing new booked.
  state text not null default 'active'
    check (state in ('pending', 'trial', 'active', 'delegate', 'merged')),
  confirmed_by text not null default 'none'
    check (confirmed_by in ('none', 'self', 'code', 'counter', 'credential', 'guardian', 'paper')),
  confirmed_at timestamptz,
  created_at timestamptz not null,
  ended_at timestamptz,
  constraint related_person_delegate check (state <> 'delegate' or relation = 'delegate'),
  primary key (account_id, patient_id, created_at)
);
create unique index related_person_active on identity.related_person (account_id, patient_id)
  include (state) where ended_at is null;
create unique index related_person_self on identity.related_person (account_id)
  where ended_at is null and relation = 'self';
create index related_person_patient on identity.related_person (patient_id) where ended_at is null;

create table identity.sign_in_code (
  id uuid primary key,
  phone_index bytea not null,
  -- A keyed hash of the client's network, because an address is personal data too.
  network text not null,
  code_hash bytea not null,
  tries_left integer not null check (tries_left >= 0),
  expires_at timestamptz not null,
  used_at timestamptz,
  -- No gateway took it over, so it does not count against the phone.
  unsent_at timestamptz,
  created_at timestamptz not null
);
create index sign_in_code_phone on identity.sign_in_code (phone_index, created_at);
create index sign_in_code_network on identity.sign_in_code (network, created_at);

-- Every real-name check an account asks for; a daily limit keeps it from trying out names.
create table identity.real_name_attempt (
  id uuid primary key,
  account_id uuid not null references identity.account,
  created_at timestamptz not null
);
create index real_name_attempt_account on identity.real_name_attempt (account_id, created_at);

create table identity.staff (
  id uuid primary key,
  hospital_id uuid,
  username text not null,
  display_name text not null,
  password_hash text not null,
  roles text[] not null check (cardinality(roles) > 0),
  failures integer not null default 0,
  locked_until timestamptz,
  -- Somebody else chose the password: its owner chooses another at the next sign-in.
  must_change_password boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null,
  disabled_at timestamptz,
  constraint staff_username unique (username)
);

-- The secret of one-time codes (RFC 6238); a new one waits until its owner has typed a code of it.
create table identity.staff_second_factor (
  staff_id uuid primary key references identity.staff,
  sealed_secret bytea,
  sealed_pending bytea,
  confirmed_at timestamptz,
  -- The 30-second step of the last code taken: none serves twice.
  last_step bigint not null default 0,
  constraint staff_second_factor_confirmed check ((sealed_secret is null) = (confirmed_at is null))
);

-- Codes on paper for a lost phone, each for once.
create table identity.staff_recovery_code (
  staff_id uuid not null references identity.staff,
  code_hash bytea not null,
  used_at timestamptz,
  primary key (staff_id, code_hash)
);

-- Who a staff member is at the hospital's own identity provider.
create table identity.staff_oidc (
  issuer text not null,
  subject text not null,
  staff_id uuid not null references identity.staff,
  linked_at timestamptz not null,
  primary key (issuer, subject),
  constraint staff_oidc_one unique (issuer, staff_id)
);

-- A sign-in that was sent to the identity provider: it comes back once.
create table identity.oidc_flow (
  state_hash bytea primary key,
  started_at timestamptz not null,
  used_at timestamptz
);

-- Wrong passwords and codes from one network, as a keyed hash, since the window began.
create table identity.sign_in_network (
  network text primary key,
  failures integer not null,
  window_began_at timestamptz not null
);

-- Networks that a staff member has signed in from: a slow-down of the network spares them.
create table identity.staff_network (
  staff_id uuid not null references identity.staff,
  network text not null,
  seen_at timestamptz not null,
  primary key (staff_id, network)
);

-- Roles that a hospital asks for a second factor, besides those that always need one.
create table identity.security_rule (
  hospital_id uuid primary key,
  second_factor_roles text[] not null,
  version integer not null default 1,
  changed_at timestamptz not null
);

create table identity.session (
  id uuid primary key,
  account_id uuid references identity.account,
  staff_id uuid references identity.staff,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  user_agent text not null default '',
  method text not null default 'code'
    check (method in ('code', 'password', 'password-totp', 'password-recovery', 'oidc', 'oidc-totp', 'oidc-recovery')),
  -- When its cookie was last renewed: every 30 minutes of use, 10 for staff.
  seen_at timestamptz,
  constraint session_one_owner check (num_nonnulls(account_id, staff_id) = 1)
);
create index session_staff on identity.session (staff_id)
  where staff_id is not null and ended_at is null;
create index session_account on identity.session (account_id)
  where account_id is not null and ended_at is null;

create table identity.setup_code (
  only_row boolean primary key default true check (only_row),
  code_hash bytea not null,
  tries_left integer not null check (tries_left >= 0),
  created_at timestamptz not null
);

-- Messages leave through this box; the demo shows it on a page instead of sending them.
create table identity.outbox_message (
  -- A notice has the key it was sent under, so that a repeat arrives once.
  id uuid primary key,
  channel text not null,
  purpose text not null check (purpose in ('code', 'notice')),
  sealed_to bytea not null,
  sealed_text bytea not null,
  created_at timestamptz not null
);
create index outbox_message_time on identity.outbox_message (purpose, created_at desc, id desc);

-- People: guardians, earlier names and documents, archives, cases for the window, helpers.

-- Who answers for a child; a child has as many as it has, and stays one person.
create table identity.guardian (
  child_patient_id uuid not null references identity.patient,
  guardian_patient_id uuid not null references identity.patient check (guardian_patient_id <> child_patient_id),
  basis text not null check (basis in ('declared', 'certificate', 'counter')),
  recorded_by text not null,
  created_at timestamptz not null,
  primary key (child_patient_id, guardian_patient_id)
);

-- Every real-name check of a person: who was asked how, what came back, and when.
create table identity.real_name_check (
  id uuid primary key,
  patient_id uuid not null references identity.patient,
  method text not null check (method in ('two_factor', 'credential', 'counter', 'migrated')),
  result text not null check (result in ('match', 'mismatch', 'unknown', 'unavailable', 'counter', 'migrated')),
  source text not null,
  reference text not null,
  checked_at timestamptz not null
);
create index real_name_check_patient on identity.real_name_check (patient_id, checked_at);

create table identity.former_name (
  id uuid primary key,
  patient_id uuid not null references identity.patient,
  sealed_name bytea not null,
  proof text not null check (proof in ('id_card', 'household_register', 'police_certificate', 'clerical')),
  changed_by text not null,
  changed_at timestamptz not null
);
create index former_name_patient on identity.former_name (patient_id);

-- A document that was replaced or merged away still finds its person, and registers nobody again.
create table identity.former_document (
  document_index bytea primary key,
  patient_id uuid not null references identity.patient,
  document_type text not null,
  sealed_document_number bytea not null,
  replaced_by text not null,
  replaced_at timestamptz not null
);
create index former_document_patient on identity.former_document (patient_id);

-- 门诊号 of a person in a hospital's own system; several are a normal error, one is chosen.
create table identity.his_archive (
  id uuid primary key,
  hospital_id uuid not null,
  patient_id uuid not null references identity.patient,
  sealed_number bytea not null,
  number_index bytea not null,
  chosen boolean not null,
  -- False for a number that an account wrote down, until the hospital has looked: it finds nobody.
  checked boolean not null default true,
  source text not null check (source in ('his', 'counter', 'self')),
  recorded_by text not null,
  version integer not null default 1,
  created_at timestamptz not null,
  ended_at timestamptz,
  constraint his_archive_ended check (ended_at is null or not chosen),
  constraint his_archive_checked check (checked or not chosen)
);
create unique index his_archive_number on identity.his_archive (hospital_id, number_index)
  where ended_at is null and checked;
create unique index his_archive_chosen on identity.his_archive (hospital_id, patient_id) where chosen;
create index his_archive_patient on identity.his_archive (patient_id);

-- What staff have to look at: a document no authority can check, several archives, a booking the
-- patient says is not theirs.
create table identity.person_case (
  id uuid primary key,
  kind text not null check (kind in ('document', 'archives', 'act')),
  hospital_id uuid,
  patient_id uuid not null references identity.patient,
  account_id uuid references identity.account,
  appointment_id uuid,
  state text not null default 'open' check (state in ('open', 'accepted', 'refused')),
  sealed_note bytea,
  -- Numbers taken from afar while the document waits.
  bookings integer not null default 0 check (bookings >= 0),
  opened_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  version integer not null default 1,
  constraint person_case_act check ((kind = 'act') = (appointment_id is not null)),
  constraint person_case_decided check ((state = 'open') = (decided_at is null))
);
create unique index person_case_open on identity.person_case (patient_id, kind)
  where state = 'open' and kind <> 'act';
create unique index person_case_disputed on identity.person_case (appointment_id) where kind = 'act';
create index person_case_list on identity.person_case (opened_at) where state = 'open';

-- A village doctor, social worker or school nurse who books for others, openly and within a quota.
create table identity.delegate (
  id uuid primary key,
  account_id uuid not null references identity.account,
  hospital_id uuid not null,
  organisation text not null,
  kind text not null check (kind in ('village_doctor', 'social_worker', 'school_nurse', 'care_home')),
  sealed_name bytea not null,
  sealed_number bytea not null,
  valid_until date not null,
  day_max integer not null check (day_max > 0),
  month_max integer not null,
  state text not null default 'asked' check (state in ('asked', 'approved', 'refused', 'ended')),
  decided_by text,
  decided_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint delegate_quota check (month_max >= day_max),
  constraint delegate_decided check ((state = 'asked') = (decided_at is null))
);
create unique index delegate_account on identity.delegate (account_id)
  where state in ('asked', 'approved');
create index delegate_hospital on identity.delegate (hospital_id, state);

-- The patient's agreement to be helped: a code from their phone, or a signed sheet with its number.
create table identity.delegate_consent (
  id uuid primary key,
  delegate_id uuid not null references identity.delegate,
  patient_id uuid not null references identity.patient,
  basis text not null check (basis in ('code', 'paper', 'counter')),
  paper_reference text,
  given_at timestamptz not null,
  ended_at timestamptz,
  constraint delegate_consent_paper check ((basis = 'paper') = (paper_reference is not null))
);
create unique index delegate_consent_living on identity.delegate_consent (delegate_id, patient_id)
  where ended_at is null;
create index delegate_consent_patient on identity.delegate_consent (patient_id);

-- Every act of a helper, counted against the quota.
create table identity.delegate_act (
  id uuid primary key,
  delegate_id uuid not null references identity.delegate,
  patient_id uuid not null references identity.patient,
  kind text not null check (kind in ('added', 'booked')),
  acted_at timestamptz not null
);
create index delegate_act_delegate on identity.delegate_act (delegate_id, acted_at);
create index delegate_act_patient on identity.delegate_act (patient_id);

-- Personal information: what people agreed to, in which words, and what was asked about their data.

-- The words of each consent, never changed once shown: a new text is a new version.
create table identity.consent_text (
  purpose text not null check (purpose in ('health_data', 'child_data', 'proxy', 'draw_pool')),
  version integer not null check (version > 0),
  title text not null,
  text text not null,
  title_en text not null,
  text_en text not null,
  effective_from timestamptz not null,
  primary key (purpose, version)
);
create trigger consent_text_append_only before update or delete on identity.consent_text
  for each row execute function platform.refuse_change();

-- One agreement of an account for a person; ended by withdrawal, or by agreeing to a newer text.
create table identity.consent (
  id uuid primary key,
  account_id uuid not null references identity.account,
  patient_id uuid not null references identity.patient,
  purpose text not null,
  text_version integer not null,
  given_at timestamptz not null,
  withdrawn_at timestamptz,
  replaced_at timestamptz,
  version integer not null default 1,
  foreign key (purpose, text_version) references identity.consent_text (purpose, version)
);
create unique index consent_current on identity.consent (account_id, patient_id, purpose)
  where withdrawn_at is null and replaced_at is null;
create index consent_patient on identity.consent (patient_id);

-- What people ask about their data, and when and how it was answered.
create table identity.data_request (
  id uuid primary key,
  kind text not null check (kind in ('export', 'correction', 'deletion', 'objection')),
  account_id uuid not null,
  patient_id uuid references identity.patient,
  -- What it is about, as a code: a field for a correction, a kind of decision for an objection.
  matter text not null default '',
  sealed_text bytea,
  state text not null check (state in ('open', 'done', 'refused')),
  asked_at timestamptz not null,
  due_at timestamptz not null,
  answered_at timestamptz,
  answered_by text,
  sealed_answer bytea,
  version integer not null default 1,
  constraint data_request_answered check ((state = 'open') = (answered_at is null))
);
create index data_request_account on identity.data_request (account_id, asked_at desc);
create index data_request_open on identity.data_request (due_at) where state = 'open';

-- The first words; a change of words is a new migration with the next version.
insert into identity.consent_text (purpose, version, title, text, title_en, text_en, effective_from) values
('health_data', 1, '单独同意：健康信息',
 '为了替您预约和就诊，我们需要使用就诊人的姓名、证件号码，以及预约的医院、科室和时间。看哪个科室可能透露健康状况，属于敏感个人信息。我们只用于实名核验、预约、签到和通知，加密保存，只有您预约的医院和必要的工作人员可以看到，不做广告，不卖给任何人。您可以随时在“我的信息”里撤回；撤回后不能再在网上为这位就诊人预约，已约的号和窗口就诊不受影响。',
 'Separate consent: health information',
 'To book for you we use the patient’s name and document number and the hospital, department and time booked. A department can tell something about health, so this is sensitive personal information. We use it only to verify, book, check in and notify; it is stored encrypted and seen only by the hospital you book and staff who need it. No advertising, no sale. You may withdraw at any time under “My information”; booking online for this patient then stops, and existing bookings and the window are not affected.',
 '2026-01-01T00:00:00+08:00'),
('child_data', 1, '监护人单独同意：不满十四周岁儿童的信息',
 '您正在添加不满十四周岁的孩子。孩子的所有信息都按敏感个人信息保护，需要父母或其他监护人同意。我们只用孩子的姓名、证件、出生日期和预约记录来核验身份和看病，不用于其他用途。监护人可以随时查看、更正、删除这些信息，或在“我的信息”里撤回同意；窗口就诊不受影响。',
 'Guardian’s separate consent: a child under 14',
 'You are adding a child under 14. All information of the child is protected as sensitive and needs the consent of a parent or another guardian. We use the child’s name, document, birth date and bookings only to verify and to see a doctor. The guardian may see, correct or delete it at any time, or withdraw under “My information”; the window is not affected.',
 '2026-01-01T00:00:00+08:00'),
('proxy', 1, '确认：我受就诊人本人委托',
 '您正在为别人预约。请确认本人知道并同意您使用其姓名和证件号码。每次预约，本人都能看到是谁帮忙约的，也可以随时不再让您代办。请不要收取任何费用，也不要替不认识的人预约。',
 'Confirmation: the patient asked me to',
 'You are booking for somebody else. Please confirm that they know and agree that you use their name and document number. They see who made each booking and may end this at any time. Take no money for it, and do not book for strangers.',
 '2026-01-01T00:00:00+08:00'),
('draw_pool', 1, '单独同意：公开派号名单',
 '随机派号的名单会公开，好让任何人都能复核结果是不是公平。名单里没有姓名、证件号码和手机号，每位参加者只是一串只在这次派号里有意义的编号。不同意公开，可以到门诊窗口登记或挂当日号。',
 'Separate consent: the public list of a draw',
 'The list of a draw is published so that anybody can check that the result is fair. It has no names, document numbers or phones: each person is a code that means something in this draw only. If you do not agree, register at the window or take a same-day number.',
 '2026-01-01T00:00:00+08:00');
