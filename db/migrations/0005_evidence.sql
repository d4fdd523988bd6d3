-- The transparency log: leaves, tiles, checkpoints (C2SP tlog-tiles, signed-note).
create schema evidence;

create table evidence.log (
  only_row boolean primary key default true check (only_row),
  origin text not null,
  -- The key the log was begun with: another root secret must not silently start a second log.
  vkey text not null,
  size bigint not null check (size >= 0),
  root bytea not null check (octet_length(root) = 32)
);

create table evidence.leaf (
  index bigint primary key check (index >= 0),
  event_id uuid not null,
  data bytea not null check (octet_length(data) between 1 and 65535),
  constraint leaf_event unique (event_id)
);
create trigger leaf_append_only before update or delete on evidence.leaf
  for each row execute function platform.refuse_change();

-- Full tiles only, 256 hashes each. A partial tile is read from below: from leaves on level 0, from
-- the roots of full tiles above it.
create table evidence.tile (
  level integer not null check (level between 0 and 7),
  index bigint not null check (index >= 0),
  hashes bytea not null check (octet_length(hashes) = 8192),
  root bytea not null check (octet_length(root) = 32),
  primary key (level, index)
);
create trigger tile_append_only before update or delete on evidence.tile
  for each row execute function platform.refuse_change();

-- Of one origin line, one checkpoint a size. A renewed log goes on under a new origin, whose first
-- checkpoint has the size of the old one's last.
create table evidence.checkpoint (
  origin text not null,
  size bigint not null check (size >= 0),
  note text not null,
  signed_at timestamptz not null,
  primary key (origin, size)
);
create trigger checkpoint_append_only before update or delete on evidence.checkpoint
  for each row execute function platform.refuse_change();

-- Signature lines of witnesses, served below our own signature. A witness is its verifier key: two
-- may have one name. The first line of a witness stays, for its time is the earliest.
create table evidence.cosignature (
  origin text not null,
  size bigint not null,
  witness text not null,
  line text not null,
  primary key (origin, size, witness),
  foreign key (origin, size) references evidence.checkpoint (origin, size)
);
create index cosignature_by_witness on evidence.cosignature (origin, witness, size);

-- After a restoration: the old origin's last checkpoint, over which the new origin's first one stands.
create table evidence.renewal (
  n integer primary key check (n >= 1),
  old_origin text not null,
  old_vkey text not null,
  old_size bigint not null,
  old_checkpoint text not null,
  new_origin text not null,
  new_vkey text not null,
  event_id uuid not null,
  at timestamptz not null,
  constraint renewal_once unique (old_origin),
  constraint renewal_new_origin unique (new_origin),
  constraint renewal_other_origin check (new_origin <> old_origin)
);
create trigger renewal_append_only before update or delete on evidence.renewal
  for each row execute function platform.refuse_change();

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
