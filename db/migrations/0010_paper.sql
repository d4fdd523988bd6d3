-- Paper for the day the system is down: what was written out, and what was typed in afterwards.
create schema paper;

-- One row an edition: its key is the lock by which several servers write it once.
create table paper.edition (
  id uuid primary key,
  hospital_id uuid not null,
  kind text not null check (kind in ('evening', 'morning', 'manual')),
  -- 20:00 or 06:00 in Shanghai; by hand the minute of the asking.
  due_at timestamptz not null,
  service_date date not null,
  -- Whoever writes has it until then; a server that died leaves it to the next.
  claimed_until timestamptz not null,
  attempts integer not null default 1,
  -- Set when every file of the edition is there.
  written_at timestamptz,
  sessions integer not null default 0,
  numbers integer not null default 0,
  booked integer not null default 0,
  on_site_free integer not null default 0,
  failed integer not null default 0,
  constraint edition_once unique (hospital_id, kind, due_at)
);
create index edition_day on paper.edition (hospital_id, service_date);

create table paper.file (
  id uuid primary key,
  edition_id uuid not null references paper.edition,
  hospital_id uuid not null,
  campus_name text not null,
  department_name text not null,
  format text not null check (format in ('pdf', 'csv')),
  -- Below the folder of the installation (PAPER_DIR).
  path text not null,
  bytes integer not null check (bytes > 0),
  sha256 text not null,
  constraint file_once unique (edition_id, path)
);

-- A file of outcomes, typed in once: the same bytes again get the same answer.
create table paper.record (
  id uuid primary key,
  hospital_id uuid not null,
  sha256 text not null,
  service_date date not null,
  typed_by text not null,
  typed_at timestamptz not null,
  report jsonb not null default '{}',
  constraint record_once unique (hospital_id, sha256)
);

-- Days on whose paper somebody stands whose data was deleted.
create table paper.rewrite (
  hospital_id uuid not null,
  service_date date not null,
  asked_at timestamptz not null,
  primary key (hospital_id, service_date)
);
