-- 自助机: which machines may act as one, and who stood at them for how long.
create schema kiosk;

-- A terminal is made by an administrator, paired once with a code and known by its token from then on.
-- Codes and tokens are kept as hashes only.
create table kiosk.terminal (
  id uuid primary key,
  hospital_id uuid not null,
  name text not null check (name <> ''),
  place text not null check (place <> ''),
  state text not null default 'waiting' check (state in ('waiting', 'active', 'revoked')),
  pairing_hash bytea,
  pairing_until timestamptz,
  token_hash bytea,
  -- Rises with every pairing; the key of the card reader changes with it.
  generation integer not null default 1,
  created_by text not null,
  created_at timestamptz not null,
  paired_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  -- How often its limits were reached, and when last: staff look at the machine.
  alerts integer not null default 0,
  alerted_at timestamptz,
  version integer not null default 1,
  constraint terminal_name unique (hospital_id, name),
  constraint terminal_pairing check ((state = 'waiting') = (pairing_hash is not null)
    and (state = 'waiting') = (pairing_until is not null)),
  constraint terminal_token check ((state = 'active') = (token_hash is not null)),
  constraint terminal_revoked check ((state = 'revoked') = (revoked_at is not null))
);
create unique index terminal_token_hash on kiosk.terminal (token_hash) where token_hash is not null;
create unique index terminal_pairing_hash on kiosk.terminal (pairing_hash) where pairing_hash is not null;

-- One person at one terminal. It ends when they leave, are idle, or the next begins; a refused try is
-- kept as a turn that never was, because tries are counted.
create table kiosk.turn (
  id uuid primary key,
  terminal_id uuid not null references kiosk.terminal,
  hospital_id uuid not null,
  patient_id uuid,
  how text not null check (how in ('typed', 'reader')),
  -- Their card was read, or they named the phone kept for them: then they see and change all of theirs.
  proved boolean not null default false,
  -- What a signed reading of a card carries, so that it is believed once.
  card_nonce text,
  proof_tries integer not null default 0,
  -- Bookings made in this turn: whoever made them may undo them without more proof.
  made uuid[] not null default '{}',
  began_at timestamptz not null,
  seen_at timestamptz not null,
  ended_at timestamptz,
  ended_by text check (ended_by in ('left', 'idle', 'next', 'revoked', 'refused')),
  constraint turn_ended check ((ended_at is null) = (ended_by is null)),
  constraint turn_person check (patient_id is not null or ended_by = 'refused'),
  constraint turn_card_once unique (terminal_id, card_nonce)
);
create unique index turn_one_open on kiosk.turn (terminal_id) where ended_at is null;
create index turn_began on kiosk.turn (terminal_id, began_at);
create index turn_patient on kiosk.turn (patient_id) where patient_id is not null;
