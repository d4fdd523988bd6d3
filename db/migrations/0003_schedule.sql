-- What exists: hospitals, clinics, doctors, and the sessions they hold.
create schema schedule;

create table schedule.hospital (
  id uuid primary key,
  code text not null,
  name text not null,
  level text not null default '',
  address text not null default '',
  phone text not null default '',
  created_at timestamptz not null,
  constraint hospital_code unique (code)
);

create table schedule.campus (
  id uuid primary key,
  hospital_id uuid not null references schedule.hospital,
  code text not null,
  name text not null,
  address text not null default '',
  -- Where it stands (WGS 84, degrees), so that a phone can say how far it is. Null: not said.
  latitude double precision check (latitude between -90 and 90),
  longitude double precision check (longitude between -180 and 180),
  -- Of its events; the first is that it was placed.
  version integer not null default 0,
  constraint campus_code unique (hospital_id, code),
  constraint campus_position check ((latitude is null) = (longitude is null))
);

create table schedule.department (
  id uuid primary key,
  hospital_id uuid not null references schedule.hospital,
  campus_id uuid not null references schedule.campus,
  code text not null,
  name text not null,
  -- Official 诊疗科目 code (卫医发〔1994〕27号) beside the hospital's own name.
  specialty_code text not null,
  place text not null default '',
  -- Of a sensitive clinic nothing is named outside the site. Null: the speciality decides, see
  -- session_view.
  sensitive boolean,
  version integer not null default 1,
  constraint department_code unique (hospital_id, code)
);

create table schedule.practitioner (
  id uuid primary key,
  hospital_id uuid not null references schedule.hospital,
  code text not null,
  name text not null,
  title text not null,
  speciality text not null default '',
  -- 医师执业证书编码: the same doctor at several hospitals is known by it (R037).
  licence_number text,
  staff_id uuid,
  constraint practitioner_code unique (hospital_id, code)
);

-- HealthcareService: a clinic, that is a department's 号别, usually one doctor's.
create table schedule.healthcare_service (
  id uuid primary key,
  hospital_id uuid not null references schedule.hospital,
  department_id uuid not null references schedule.department,
  -- Null for unnamed numbers (speciality × title): the doctor is assigned at triage.
  practitioner_id uuid references schedule.practitioner,
  code text not null,
  name text not null,
  level text not null check (level in
    ('ordinary', 'associate_chief', 'chief', 'disease', 'special', 'team', 'emergency', 'convenience')),
  -- 职称 that unnamed numbers promise; empty where a doctor is named or no title is promised.
  title text not null default '',
  registration_fee_fen integer not null default 0 check (registration_fee_fen >= 0),
  consultation_fee_fen integer not null default 0 check (consultation_fee_fen >= 0),
  -- Why this clinic must never be drawn, if so.
  time_critical text check (time_critical in
    ('emergency', 'fever', 'pediatric_ordinary', 'antenatal', 'dialysis', 'oncology_follow_up', 'rabies', 'other')),
  constraint healthcare_service_code unique (hospital_id, code)
);
create index healthcare_service_department on schedule.healthcare_service (department_id);

create table schedule.template (
  id uuid primary key,
  hospital_id uuid not null references schedule.hospital,
  healthcare_service_id uuid not null references schedule.healthcare_service,
  weekday integer not null check (weekday between 1 and 7),
  period text not null check (period in ('morning', 'afternoon', 'evening')),
  room text not null default '',
  starts_at time not null,
  ends_at time not null check (ends_at > starts_at),
  numbers integer not null check (numbers between 1 and 100000),
  direct_pools jsonb not null default '{}',
  patient_bookings_max integer not null default 1 check (patient_bookings_max >= 1),
  mode text not null default 'in_person' check (mode in ('in_person', 'internet')),
  created_at timestamptz not null,
  effective_from date not null,
  effective_to date,
  constraint template_slot unique (healthcare_service_id, weekday, period, effective_from)
);

create table schedule.session (
  id uuid primary key,
  hospital_id uuid not null references schedule.hospital,
  healthcare_service_id uuid not null references schedule.healthcare_service,
  practitioner_id uuid references schedule.practitioner,
  -- The licence of that doctor, kept here so that one index sees every hospital.
  practitioner_licence text,
  service_date date not null,
  period text not null check (period in ('morning', 'afternoon', 'evening')),
  room text not null default '',
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  numbers integer not null check (numbers between 1 and 100000),
  -- Numbers set aside by purpose, e.g. {"follow_up": 4, "in_clinic": 2}; the plan shares out the rest.
  direct_pools jsonb not null default '{}',
  patient_bookings_max integer not null default 1 check (patient_bookings_max >= 1),
  master text not null default 'own' check (master in ('own', 'his')),
  -- A remote clinic (互联网门诊) is a session like any other (R038).
  mode text not null default 'in_person' check (mode in ('in_person', 'internet')),
  status text not null default 'planned' check (status in ('planned', 'stopped')),
  stop_reason text,
  -- 替诊: whose session it was before somebody else took it over.
  substitute_for uuid references schedule.practitioner,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint session_once unique (healthcare_service_id, service_date, period),
  constraint session_stop_has_reason check (status <> 'stopped' or stop_reason is not null)
);
create index session_date on schedule.session (hospital_id, service_date);
-- One doctor cannot sit in two rooms at once, in whatever hospital (R037).
create unique index session_practitioner on schedule.session (practitioner_id, service_date, period)
  where practitioner_id is not null and status = 'planned';
create unique index session_practitioner_licence
  on schedule.session (practitioner_licence, service_date, period)
  where practitioner_licence is not null and status = 'planned';

-- Every stop (停诊) and substitution (替诊), kept when the session is resumed.
create table schedule.change_record (
  id uuid primary key,
  hospital_id uuid not null,
  session_id uuid not null references schedule.session,
  kind text not null check (kind in ('stop', 'substitute')),
  -- Whose session it was; null for unnamed numbers.
  practitioner_id uuid references schedule.practitioner,
  substitute_id uuid references schedule.practitioner,
  -- Agreed, an emergency, or 擅自停诊: nobody had agreed.
  cause text not null check (cause in ('approved', 'emergency', 'unannounced')),
  -- Measured against the rules of notice when it was recorded.
  lateness text not null check (lateness in ('in_time', 'short', 'late')),
  reason text not null,
  service_date date not null,
  recorded_by text not null,
  recorded_at timestamptz not null,
  constraint change_record_substitute check ((kind = 'substitute') = (substitute_id is not null))
);
create index change_record_hospital on schedule.change_record (hospital_id, recorded_at);

create table schedule.import_run (
  id uuid primary key,
  hospital_id uuid not null,
  kind text not null,
  file_name text not null,
  file_sha256 text not null,
  rows integer not null,
  created integer not null,
  updated integer not null,
  staff_id uuid,
  committed_at timestamptz not null
);
create index import_run_hospital on schedule.import_run (hospital_id, committed_at);

-- A clinic with its doctor, and a session with every name a page needs.
create view schedule.service_view as
select s.id, s.hospital_id, s.department_id, s.code, s.name, s.level, s.title, s.registration_fee_fen,
  s.consultation_fee_fen, s.time_critical, s.practitioner_id, p.name as practitioner_name,
  p.title as practitioner_title, p.speciality as practitioner_speciality
from schedule.healthcare_service s
left join schedule.practitioner p on p.id = s.practitioner_id;

create view schedule.session_view as
select e.id, e.hospital_id, h.name as hospital_name, d.campus_id, c.name as campus_name,
  coalesce(nullif(c.address, ''), h.address) as campus_address,
  s.department_id, d.name as department_name, d.specialty_code, d.place,
  -- 计划生育, 优生, 生殖健康与不孕症, 妇女心理, 小儿传染, 性传播疾病, 精神, 传染, 结核.
  coalesce(d.sensitive, d.specialty_code ~ '^(05\.0[345]|06\.04|07\.02|13\.02|15|16|17)') as sensitive, e.healthcare_service_id,
  s.name as service_name, s.level, s.time_critical, s.registration_fee_fen, s.consultation_fee_fen,
  e.practitioner_id, p.name as practitioner_name,
  coalesce(p.title, nullif(s.title, '')) as practitioner_title,
  e.service_date, e.period, e.room, e.starts_at, e.ends_at, e.numbers, e.direct_pools,
  e.patient_bookings_max, e.master, e.mode, e.status, e.stop_reason, e.substitute_for, e.version
from schedule.session e
join schedule.hospital h on h.id = e.hospital_id
join schedule.healthcare_service s on s.id = e.healthcare_service_id
join schedule.department d on d.id = s.department_id
join schedule.campus c on c.id = d.campus_id
left join schedule.practitioner p on p.id = e.practitioner_id;

-- What a hospital says must not wait for a number (危险信号), by official speciality; '' is for all.
-- Until it has approved its own words, pages show general ones and say so.
create table schedule.red_flag (
  hospital_id uuid not null references schedule.hospital,
  specialty_code text not null,
  lines text[] not null,
  approved_by text not null,
  approved_at timestamptz not null,
  version integer not null default 1,
  primary key (hospital_id, specialty_code),
  constraint red_flag_lines check (cardinality(lines) between 1 and 12)
);
