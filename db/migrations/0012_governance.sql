-- What people report about touts, and what became of it. Nothing here says who reported.
create schema governance;

create table governance.clue (
  id uuid primary key,
  -- What the reporter keeps: a number that can be read out, and a code of which only a keyed hash is here.
  receipt text not null check (receipt ~ '^JB[0-9]{8}$'),
  code_mac bytea not null,
  hospital_id uuid not null,
  category text not null check (category in ('number_resale', 'grab_service', 'exam_jump',
    'admission_jump', 'treatment_jump', 'errand', 'fake_site', 'data_leak', 'other')),
  -- A clue about hospital staff is read by the discipline office only.
  involves_staff boolean not null,
  place_kind text not null check (place_kind in
    ('inside', 'around', 'online', 'wechat', 'phone', 'other')),
  -- Whole fen; null when the reporter did not say.
  asked_fen integer check (asked_fen between 0 and 100000000),
  face_fen integer check (face_fen between 0 and 100000000),
  -- By the clock of the place, as the reporter remembers it.
  happened_on date,
  happened_time text check (happened_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  -- JSON of what was offered, where exactly, how to reach the tout. Null once its time has passed.
  sealed_words bytea,
  -- Finds the same words sent again; a keyed hash.
  words_mac bytea,
  -- How to reach the reporter, only when given; the first to go.
  sealed_contact bytea,
  state text not null check (state in ('received', 'checked', 'handed_over', 'closed')),
  handed_to text check (handed_to in ('security', 'police', 'health', 'market', 'internet', 'discipline', 'other')),
  outcome text check (outcome in ('acted', 'unconfirmed', 'outside', 'duplicate')),
  -- What the reporter is told, in one or two sentences.
  sealed_reply bytea,
  received_at timestamptz not null,
  changed_at timestamptz not null,
  closed_at timestamptz,
  erased_at timestamptz,
  version integer not null default 1,
  constraint clue_receipt unique (receipt),
  constraint clue_code unique (code_mac),
  constraint clue_handed_over check (state <> 'handed_over' or handed_to is not null),
  constraint clue_closed check ((state = 'closed') = (closed_at is not null) and (state = 'closed') = (outcome is not null)),
  constraint clue_erased check ((erased_at is null) = (sealed_words is not null)),
  constraint clue_time_of_a_day check (happened_time is null or happened_on is not null)
);
create index clue_of_hospital on governance.clue (hospital_id, received_at desc);
create index clue_same_words on governance.clue (hospital_id, words_mac) where words_mac is not null;
create index clue_to_erase on governance.clue (closed_at) where closed_at is not null and erased_at is null;

-- A photo without what cameras add to it, under a key of its own: a change of field keys seals the key
-- anew and leaves the picture alone.
create table governance.clue_photo (
  id uuid primary key,
  clue_id uuid not null references governance.clue on delete cascade,
  position smallint not null,
  kind text not null check (kind in ('jpeg', 'png', 'webp')),
  bytes integer not null check (bytes > 0),
  width integer not null check (width > 0),
  height integer not null check (height > 0),
  photo_mac bytea not null,
  sealed_key bytea not null,
  cipher bytea not null,
  constraint clue_photo_place unique (clue_id, position),
  constraint clue_photo_once unique (clue_id, photo_mac),
  constraint clue_photos_max check (position between 1 and 3)
);
