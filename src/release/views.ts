import { maskedPatients, listPatients } from '../identity/index.ts';
import { getSessions, type SessionView } from '../schedule/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import { drawUnknown } from './errors.ts';
import { shortCode, type Manifest, type PoolLine, type Receipt } from './sealed-draw/index.ts';
import type { DrawRules } from './draw-rules.ts';
import { beaconLabel } from './beacon/label.ts';
import { drawSessions, drawsById, drawsOf, getDraw, lastOdds, type DrawRow } from './store-draw.ts';
import { entriesOfPatients, type EntryRow } from './store-entry.ts';
import { returnsOfDraws, type ReturnRow } from './store-return.ts';

export type DrawViewContext = { db: Db; clock: Clock };

/** What anyone may know of a draw: its rules, its seal and its randomness, never a live count. */
export type DrawView = Awaited<ReturnType<typeof describeDraws>>[number];

export async function viewDraw(ctx: DrawViewContext, draw_id: string): Promise<DrawView> {
  const draw = await getDraw(ctx.db, draw_id);
  if (!draw) throw new Problem(drawUnknown);
  const [view] = await describeDraws(ctx, [draw]);
  if (!view) throw new Problem(drawUnknown);
  return view;
}

export async function viewDraws(ctx: DrawViewContext, hospital_id: string): Promise<DrawView[]> {
  return describeDraws(ctx, await drawsOf(ctx.db, hospital_id, 50));
}

/** `open` is announced within its entry window; the database knows only what it must remember. */
function stateOf(draw: DrawRow, now: Date): DrawRow['state'] | 'open' {
  return draw.state === 'announced' && draw.opens_at <= now && now < draw.closes_at
    ? 'open'
    : draw.state;
}

/** A session of a draw as people choose it. */
function offered(
  row: { session_id: string; places: number },
  session: SessionView | undefined,
  draw: DrawRow,
) {
  return {
    session_id: row.session_id,
    places: row.places,
    service_date: session?.service_date ?? '',
    period: session?.period ?? 'morning',
    starts_at: session?.starts_at ?? draw.round_at,
    service_name: session?.service_name ?? '',
    practitioner_name: session?.practitioner_name ?? null,
    department_name: session?.department_name ?? '',
    campus_name: session?.campus_name ?? '',
    fee_fen: session ? session.registration_fee_fen + session.consultation_fee_fen : 0,
  };
}

async function describeDraws(ctx: DrawViewContext, draws: DrawRow[]) {
  const now = ctx.clock.now();
  const places = await drawSessions(
    ctx.db,
    draws.map((draw) => draw.id),
  );
  const sessions = new Map(
    (await getSessions(ctx, [...new Set(places.map((row) => row.session_id))])).map((session) => [
      session.id,
      session,
    ]),
  );
  const ids = draws.map((draw) => draw.id);
  const returns = await returnsOfDraws(ctx.db, ids);
  const odds = await lastOdds(ctx.db, ids);
  return draws.map((draw) => {
    const manifest = JSON.parse(draw.manifest) as Manifest;
    const beacon = draw.beacon_json
      ? (JSON.parse(draw.beacon_json) as { seed: string; signature: string })
      : undefined;
    return {
      draw_id: draw.id,
      code: draw.code,
      number: draw.number,
      group: draw.draw_group,
      kind: draw.kind,
      state: stateOf(draw, now),
      opens_at: draw.opens_at,
      closes_at: draw.closes_at,
      round: draw.round,
      round_at: draw.round_at,
      confirm_until: draw.confirm_until,
      sessions: places
        .filter((row) => row.draw_id === draw.id)
        .map((row) => offered(row, sessions.get(row.session_id), draw)),
      entries: draw.entries,
      manifest_hash: draw.manifest_hash,
      root: draw.root,
      seal: draw.seal,
      seed: beacon?.seed ?? null,
      beacon: {
        kind: manifest.beacon.kind,
        independent: beaconLabel(manifest.beacon.kind).independent,
        chain: manifest.beacon.chain,
        round: draw.round,
        signature: beacon?.signature ?? null,
      },
      pool: manifest.pool,
      witnesses: manifest.witnesses.length,
      wildcards: (draw.rules as DrawRules).wildcards ?? false,
      eligibility: manifest.eligibility,
      returns: returns.filter((row) => row.draw_id === draw.id),
      last: odds.get(draw.id) ?? null,
    };
  });
}

export type EntryView = Awaited<ReturnType<typeof describeEntries>>[number];

/** The entries of everyone an account acts for, newest first. */
export async function entriesOfAccount(
  ctx: DrawViewContext & { fields: FieldCrypto },
  account_id: string,
): Promise<EntryView[]> {
  const patients = await listPatients(ctx, account_id);
  return entriesOf(
    ctx,
    patients.map((patient) => patient.patient_id),
  );
}

/** The entries of some patients, newest first. */
export async function entriesOf(
  ctx: DrawViewContext & { fields: FieldCrypto },
  patient_ids: string[],
): Promise<EntryView[]> {
  return describeEntries(ctx, await entriesOfPatients(ctx.db, patient_ids, 100));
}

function entryState(entry: EntryRow, draw: DrawRow): string {
  if (entry.withdrawn_at || entry.left_at || entry.twin_of) return 'withdrawn';
  if (draw.state === 'announced') return 'registered';
  if (draw.state === 'sealed') return 'waiting';
  if (draw.state === 'burnt') return 'burnt';
  return entry.place === null && entry.return_place === null ? 'unplaced' : 'placed';
}

async function describeEntries(
  ctx: DrawViewContext & { fields: FieldCrypto },
  entries: EntryRow[],
) {
  const masked = await maskedPatients(
    ctx,
    entries.map((entry) => entry.patient_id),
  );
  const draws = await drawsById(ctx.db, [...new Set(entries.map((entry) => entry.draw_id))]);
  const rows = new Map(draws.map((draw) => [draw.id, draw]));
  const returns = await returnsOfDraws(ctx.db, [...rows.keys()]);
  const views = new Map((await describeDraws(ctx, draws)).map((view) => [view.draw_id, view]));
  return entries.flatMap((entry) => {
    const draw = rows.get(entry.draw_id);
    const view = views.get(entry.draw_id);
    if (!draw || !view) return [];
    const patient = masked.get(entry.patient_id);
    return [
      {
        ...describeEntry(entry, draw, returns),
        patient: { patient_id: entry.patient_id, name_masked: patient?.name_masked ?? '' },
        draw: view,
      },
    ];
  });
}

function describeEntry(entry: EntryRow, draw: DrawRow, returns: readonly ReturnRow[]) {
  const state = entryState(entry, draw);
  const mine = returns.filter((row) => row.draw_id === draw.id);
  const won = mine.find((row) => row.n === entry.return_n);
  const next = mine.find((row) => row.state === 'waiting' || row.state === 'sealed');
  const { slots } = JSON.parse(draw.manifest) as Manifest;
  const place = entry.return_place ?? entry.place;
  return {
    draw_id: entry.draw_id,
    e: entry.id,
    short_code: shortCode(entry.id),
    preferences: (JSON.parse(entry.line) as PoolLine).p,
    receipt: JSON.parse(entry.receipt) as Receipt,
    state,
    entered_at: entry.entered_at,
    rank: entry.rank,
    session_id: place === null ? null : (slots[place] ?? null),
    appointment_id: entry.appointment_id,
    confirm_until: won?.confirm_until ?? draw.confirm_until,
    n: entry.return_n ?? 0,
    wish_id: entry.wish_id,
    notice_days: entry.notice_days,
    next_return_at: state === 'unplaced' ? (next?.round_at ?? null) : null,
  };
}
