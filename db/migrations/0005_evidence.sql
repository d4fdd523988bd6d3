-- The transparency log: leaves, tiles, checkpoints (C2SP tlog-tiles, signed-note).
create schema evidence;

create table evidence.log (
  only_row boolean primary key default true check (only_row),
  origin text not null,
  size bigint not null default 0 check (size >= 0),
  root bytea not null,
  checkpoint text,
  checkpoint_at timestamptz
);

create table evidence.leaf (
  index bigint primary key check (index >= 0),
  event_id uuid not null,
  data bytea not null,
  hash bytea not null check (octet_length(hash) = 32),
  constraint leaf_event unique (event_id)
);
create trigger leaf_append_only before update or delete on evidence.leaf
  for each row execute function platform.refuse_change();

-- Full tiles only, 256 hashes each; a partial tile is computed from the leaves that are not yet in one.
create table evidence.tile (
  level integer not null check (level >= 0),
  index bigint not null check (index >= 0),
  hashes bytea not null check (octet_length(hashes) = 8192),
  primary key (level, index)
);

create table evidence.checkpoint (
  size bigint primary key,
  note text not null,
  signed_at timestamptz not null
);

-- The last version of each subject that is in the log, and events that came before their turn.
create table evidence.subject (
  subject text primary key,
  version integer not null
);
create table evidence.early_event (
  subject text not null,
  version integer not null,
  event_id uuid not null,
  primary key (subject, version)
);
