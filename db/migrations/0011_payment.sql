-- Money: orders for one visit or bill each, what was paid and given back, and the daily comparison.
-- Amounts are whole fen. There is no balance, wallet or deposit: money is taken against an order only.
create schema payment;

create function payment.refuse_step() returns trigger language plpgsql as $$
begin
  raise exception 'a % cannot go from % to %', tg_table_name, old.state, new.state
    using errcode = 'check_violation', constraint = tg_argv[0];
end $$;

-- What a visit is charged for, a clinic and code, in force from a day on. A row from the schedule
-- follows the clinic's fees there; a local row wins over it.
create table payment.fee_item (
  id uuid primary key,
  hospital_id uuid not null,
  healthcare_service_id uuid not null,
  code text not null,
  name text not null,
  self_pay_fen integer not null check (self_pay_fen >= 0),
  insured_fen integer not null check (insured_fen >= 0),
  effective_from date not null,
  source text not null check (source in ('schedule', 'local')),
  created_at timestamptz not null,
  created_by text not null,
  constraint fee_item_once unique (healthcare_service_id, code, source, effective_from)
);

create table payment.bill (
  id uuid primary key,
  hospital_id uuid not null,
  his_id text not null,
  patient_id uuid not null,
  lines jsonb not null,
  amount_fen integer not null check (amount_fen > 0),
  state text not null default 'unpaid' check (state in ('unpaid', 'paid', 'withdrawn')),
  issued_at timestamptz not null,
  paid_at timestamptz,
  version integer not null default 1,
  constraint bill_his unique (hospital_id, his_id)
);
create index bill_patient on payment.bill (patient_id);

-- One order for one booked visit, or for one bill.
create table payment.payment_order (
  id uuid primary key,
  hospital_id uuid not null,
  kind text not null check (kind in ('visit', 'bill')),
  appointment_id uuid,
  -- The visit whose number was lost before this one took its place.
  reseated_from uuid,
  bill_id uuid references payment.bill,
  patient_id uuid not null,
  account_id uuid,
  -- 费别; a change re-settles the order and leaves the number alone.
  category text not null default 'self_pay' check (category in ('self_pay', 'insured')),
  settlement integer not null default 1 check (settlement > 0),
  state text not null default 'open' check (state in
    ('open', 'paying', 'paid', 'closed', 'refunding', 'refunded')),
  amount_fen integer not null check (amount_fen >= 0),
  -- What is booked as income now; what came in; what is to go back, and has; what a price rule keeps.
  charged_fen integer not null default 0 check (charged_fen >= 0),
  paid_fen integer not null default 0 check (paid_fen >= 0),
  refund_asked_fen integer not null default 0,
  refunded_fen integer not null default 0,
  kept_fen integer not null default 0 check (kept_fen >= 0),
  kept_rule_id uuid,
  pay_until timestamptz,
  -- When the visit ended without being seen, and why; then everything goes back.
  ended_at timestamptz,
  end_reason text,
  -- A cancellation that can still be undone: the money waits until then.
  end_due_at timestamptz,
  visit_starts_at timestamptz,
  opened_at timestamptz not null,
  opened_by text not null,
  paid_at timestamptz,
  -- Booking has heard of the payment: the visit is confirmed, or the money goes back.
  answered_at timestamptz,
  told_at timestamptz,
  version integer not null default 0,
  constraint order_subject check (
    (kind = 'visit') = (appointment_id is not null) and (kind = 'bill') = (bill_id is not null)),
  constraint order_refund_asked check (refund_asked_fen between 0 and paid_fen),
  constraint order_refunded check (refunded_fen between 0 and refund_asked_fen),
  constraint order_ended check ((ended_at is null) = (end_reason is null)),
  constraint order_refunding check ((state = 'refunding') = (refund_asked_fen > refunded_fen)),
  constraint order_paid check (state <> 'paid' or paid_fen - refund_asked_fen = amount_fen)
);
create unique index order_visit on payment.payment_order (appointment_id) where ended_at is null;
create unique index order_bill on payment.payment_order (bill_id) where ended_at is null;
create index order_appointment on payment.payment_order (appointment_id, opened_at);
create index order_reseated on payment.payment_order (reseated_from) where reseated_from is not null;
create index order_end_due on payment.payment_order (end_due_at) where end_due_at is not null;
create index order_unanswered on payment.payment_order (told_at)
  where state = 'paid' and answered_at is null;
create trigger payment_order_state_graph before update of state on payment.payment_order for each row
  when (old.state is distinct from new.state and (old.state, new.state) not in (
    ('open', 'paying'), ('open', 'paid'), ('open', 'closed'), ('open', 'refunding'),
    ('paying', 'open'), ('paying', 'paid'), ('paying', 'closed'), ('paying', 'refunding'),
    ('paid', 'open'), ('paid', 'closed'), ('paid', 'refunding'),
    ('refunding', 'paid'), ('refunding', 'refunded'), ('refunding', 'paying'),
    ('closed', 'paid'), ('closed', 'paying'), ('closed', 'refunding'), ('refunded', 'refunding')))
  execute function payment.refuse_step('payment_order_state_graph');

-- The lines of each settlement: a change of 费别 writes new ones and keeps the old.
create table payment.order_line (
  order_id uuid not null references payment.payment_order,
  settlement integer not null,
  position integer not null,
  code text not null,
  name text not null,
  amount_fen integer not null check (amount_fen > 0),
  fee_item_id uuid,
  primary key (order_id, settlement, position)
);

-- One attempt to pay, by one channel; its number is the channel's order number.
create table payment.attempt (
  id uuid primary key,
  order_id uuid not null references payment.payment_order,
  hospital_id uuid not null,
  number text not null,
  channel text not null check (channel in ('wechat', 'alipay', 'cash')),
  amount_fen integer not null check (amount_fen > 0),
  state text not null default 'open' check (state in ('open', 'paid', 'closed')),
  -- Nobody may pay it any more: the channel is to be told first.
  closing boolean not null default false,
  paid_fen integer not null default 0 check (paid_fen >= 0),
  refund_asked_fen integer not null default 0,
  expires_at timestamptz not null,
  transaction_id text,
  -- Hex of the keyed index of who paid, as the channel names them.
  payer_index text,
  receipt_number text,
  paid_at timestamptz,
  created_at timestamptz not null,
  created_by text not null,
  tries integer not null default 0,
  next_try_at timestamptz not null,
  asked_at timestamptz,
  constraint attempt_number unique (number),
  constraint attempt_receipt unique (hospital_id, receipt_number),
  constraint attempt_transaction unique (channel, transaction_id),
  constraint attempt_paid check ((state = 'paid') = (paid_at is not null) and (state = 'paid') = (paid_fen > 0)),
  constraint attempt_refund_asked check (refund_asked_fen between 0 and paid_fen),
  constraint attempt_cash check ((channel = 'cash') = (receipt_number is not null))
);
-- One way to pay at a time: the other is closed at its channel first.
create unique index attempt_open on payment.attempt (order_id) where state = 'open';
create index attempt_due on payment.attempt (next_try_at) where state = 'open';
create index attempt_order on payment.attempt (order_id);
create trigger attempt_state_graph before update of state on payment.attempt for each row
  when (old.state is distinct from new.state and (old.state, new.state) not in (
    ('open', 'paid'), ('open', 'closed'), ('closed', 'paid')))
  execute function payment.refuse_step('attempt_state_graph');

create table payment.refund (
  id uuid primary key,
  order_id uuid not null references payment.payment_order,
  attempt_id uuid not null references payment.attempt,
  hospital_id uuid not null,
  number text not null,
  channel text not null check (channel in ('wechat', 'alipay', 'cash')),
  amount_fen integer not null check (amount_fen > 0),
  reason text not null,
  state text not null default 'asked' check (state in ('asked', 'processing', 'done', 'abnormal')),
  channel_refund_id text,
  receipt_number text,
  asked_at timestamptz not null,
  asked_by text not null,
  done_at timestamptz,
  done_by text,
  tries integer not null default 0,
  next_try_at timestamptz not null,
  constraint refund_number unique (number),
  constraint refund_receipt unique (hospital_id, receipt_number),
  constraint refund_done check ((state = 'done') = (done_at is not null))
);
create index refund_due on payment.refund (next_try_at)
  where state in ('asked', 'processing') and channel <> 'cash';
create index refund_order on payment.refund (order_id);
create trigger refund_state_graph before update of state on payment.refund for each row
  when (old.state is distinct from new.state and (old.state, new.state) not in (
    ('asked', 'processing'), ('asked', 'done'), ('asked', 'abnormal'),
    ('processing', 'done'), ('processing', 'abnormal'), ('abnormal', 'asked'), ('abnormal', 'done')))
  execute function payment.refuse_step('refund_state_graph');

-- Double entry: the amounts of a movement add up to nothing. `patient` is what the payer owes (plus)
-- or is owed (minus); the channels are where the money lies; income has a negative sign.
create table payment.ledger_entry (
  id bigint generated always as identity primary key,
  movement_id uuid not null,
  kind text not null check (kind in ('payment', 'charge', 'reversal', 'refund')),
  order_id uuid not null references payment.payment_order,
  attempt_id uuid references payment.attempt,
  refund_id uuid references payment.refund,
  account text not null check (account in
    ('wechat', 'alipay', 'cash', 'patient', 'visit_income', 'bill_income')),
  amount_fen integer not null check (amount_fen <> 0),
  -- When the money moved, as the channel says; and when we wrote it down.
  value_at timestamptz not null,
  recorded_at timestamptz not null,
  actor text not null,
  constraint ledger_payment check ((kind = 'payment') = (attempt_id is not null)),
  constraint ledger_refund check ((kind = 'refund') = (refund_id is not null)),
  constraint ledger_payment_once unique (attempt_id, account),
  constraint ledger_refund_once unique (refund_id, account)
);
create index ledger_movement on payment.ledger_entry (movement_id);
create index ledger_order on payment.ledger_entry (order_id);
create index ledger_day on payment.ledger_entry (account, value_at);
create trigger ledger_append_only before update or delete on payment.ledger_entry
  for each row execute function platform.refuse_change();
create function payment.refuse_unbalanced() returns trigger language plpgsql as $$
begin
  if (select sum(amount_fen) from payment.ledger_entry where movement_id = new.movement_id) <> 0 then
    raise exception 'movement % does not add up to nothing', new.movement_id
      using errcode = 'check_violation', constraint = 'ledger_sum_zero';
  end if;
  return null;
end $$;
create constraint trigger ledger_sum_zero after insert on payment.ledger_entry
  deferrable initially deferred for each row execute function payment.refuse_unbalanced();

-- The scanned documents that price rules rest on, by their SHA-256.
create table payment.scan (
  sha256 text not null,
  hospital_id uuid not null,
  media_type text not null,
  bytes bytea not null,
  uploaded_at timestamptz not null,
  uploaded_by text not null,
  primary key (hospital_id, sha256)
);

-- What is kept of a visit not begun. Without a rule nothing is; a rule that keeps anything carries
-- the number and the scan of the local price document.
create table payment.price_rule (
  id uuid primary key,
  hospital_id uuid not null,
  kept_percent integer not null check (kept_percent between 0 and 100),
  -- Only cancellations later than so long before the visit.
  minutes_before integer not null check (minutes_before >= 0),
  document_number text,
  scan_sha256 text,
  effective_from date not null,
  effective_to date check (effective_to >= effective_from),
  created_at timestamptz not null,
  created_by text not null,
  constraint price_rule_scan foreign key (hospital_id, scan_sha256) references payment.scan,
  constraint price_rule_document check (
    kept_percent = 0 or (length(trim(document_number)) > 3 and document_number is not null and scan_sha256 is not null))
);
create unique index price_rule_open on payment.price_rule (hospital_id) where effective_to is null;

-- One comparison of a day with one other side: a channel's statement or the hospital system's list.
create table payment.reconciliation (
  id uuid primary key,
  service_date date not null,
  side text not null check (side in ('wechat', 'alipay', 'his')),
  hospital_id uuid,
  ours_count integer not null,
  ours_fen bigint not null,
  theirs_count integer not null,
  theirs_fen bigint not null,
  ran_at timestamptz not null,
  runs integer not null default 1,
  constraint reconciliation_once unique nulls not distinct (service_date, side, hospital_id)
);
-- 长款 surplus: they have it, we do not. 短款 shortage: we have it, they do not. 金额不符 amount.
-- 多记录 repeated: the same line more than once. refund: a refund the channel cannot make.
create table payment.reconciliation_item (
  id uuid primary key,
  reconciliation_id uuid references payment.reconciliation,
  hospital_id uuid,
  service_date date not null,
  side text not null,
  kind text not null check (kind in ('surplus', 'shortage', 'amount', 'repeated', 'refund')),
  order_number text not null,
  refund_number text,
  ours_fen integer,
  theirs_fen integer,
  state text not null default 'open' check (state in ('open', 'settled')),
  found_at timestamptz not null,
  settled_at timestamptz,
  settled_by text,
  how text check (how in ('explained', 'corrected', 'refunded', 'retried', 'next_day')),
  note text,
  version integer not null default 0,
  constraint item_settled check ((state = 'settled') = (settled_at is not null and how is not null and settled_by is not null)),
  constraint item_once unique nulls not distinct (side, kind, order_number, refund_number, service_date)
);
create index item_open on payment.reconciliation_item (service_date) where state = 'open';

-- 交班: what one person's drawer held when they counted it, beside what went through it. A difference is
-- kept with a word to it; counts never change.
create table payment.cash_shift (
  id uuid primary key,
  hospital_id uuid not null,
  actor text not null,
  began_at timestamptz not null,
  ended_at timestamptz not null check (ended_at >= began_at),
  received integer not null check (received >= 0),
  received_fen integer not null check (received_fen >= 0),
  refunded integer not null check (refunded >= 0),
  refunded_fen integer not null check (refunded_fen >= 0),
  float_fen integer not null check (float_fen >= 0),
  counted_fen integer not null check (counted_fen >= 0),
  difference_fen integer not null generated always as (counted_fen - float_fen - received_fen + refunded_fen) stored,
  note text,
  constraint cash_shift_note check (counted_fen - float_fen - received_fen + refunded_fen = 0 or note is not null)
);
create index cash_shift_actor on payment.cash_shift (hospital_id, actor, ended_at);
create trigger cash_shift_append_only before update or delete on payment.cash_shift
  for each row execute function platform.refuse_change();
