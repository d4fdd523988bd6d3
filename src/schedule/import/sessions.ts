import { shanghaiInstant } from '../../platform/clock.ts';
import { inWords } from '../errors.ts';
import { harms, poolTotal, sameSession, titleSuffices, type StandingSession } from '../rules.ts';
import { insertSessions, selectStanding, updateSessions } from '../store.ts';
import { sessionCreated } from '../templates.ts';
import type { DirectPools, SessionRow } from '../types.ts';
import type { TableRow } from './read-table.ts';
import { columns, type SessionColumns } from './session-columns.ts';
import {
  selectBusyDoctors,
  selectPractitioners,
  selectServices,
  type BusyDoctor,
  type KnownPractitioner,
  type KnownService,
} from './store.ts';
import {
  byCode,
  distinct,
  eachRepeat,
  faultAt,
  pieces,
  type Kind,
  type Resolving,
  type WriteContext,
} from './validate.ts';

type Row = TableRow<SessionColumns>;
type Wish = { row: Row; session: SessionRow };

/** Dated sessions. A session that stands is changed only where nobody with a booking is harmed. */
export const sessions: Kind<SessionColumns> = {
  columns,
  check: (rows, faults, now) => {
    const fault = faultAt(faults, columns);
    for (const row of rows) {
      const { value } = row;
      if (value.ends_at <= value.starts_at) fault(row, 'ends_at', '结束时间应晚于开始时间');
      if (poolTotal(poolsOf(row)) > value.numbers)
        fault(row, 'numbers', '各项预留号之和超过了号源总数');
      if (shanghaiInstant(value.service_date, value.starts_at) <= now)
        fault(row, 'service_date', '出诊时间已经过去');
    }
    eachRepeat(
      rows,
      ({ value }) => `${value.service_code} ${value.service_date} ${value.period}`,
      (row, first) =>
        fault(row, 'service_code', `与第 ${first.line} 行重复：同一门诊、同一天、同一午别`),
    );
  },
  resolve: async (input) => {
    const known = await readKnown(input);
    const wishes = input.rows
      .map((row) => wishOf(row, known, input))
      .filter((wish) => wish !== undefined);
    await refuseClashes(input, wishes);
    const created = wishes.filter((wish) => !known.standing.has(keyOf(wish.session)));
    const changed = wishes.filter((wish) => {
      const standing = known.standing.get(keyOf(wish.session));
      return standing !== undefined && !sameSession(standing, wish.session);
    });
    return {
      created: created.length,
      updated: changed.length,
      write: async (writing) => {
        await writeCreated(writing, input, created);
        await writeChanged(writing, input, changed);
      },
    };
  },
};

function poolsOf({ value }: Row): DirectPools {
  const pools: DirectPools = {};
  for (const name of ['follow_up', 'in_clinic', 'referral', 'team', 'green_channel'] as const)
    if (value[name] > 0) pools[name] = value[name];
  return pools;
}

type Known = {
  services: Map<string, KnownService>;
  practitioners: Map<string, KnownPractitioner>;
  standing: Map<string, StandingSession>;
};

function keyOf(session: {
  healthcare_service_id: string;
  service_date: string;
  period: string;
}): string {
  return `${session.healthcare_service_id} ${session.service_date} ${session.period}`;
}

function span(rows: Row[]): { from: string; to: string } {
  let [from, to] = ['9999-12-31', '0001-01-01'];
  for (const { value } of rows) {
    if (value.service_date < from) from = value.service_date;
    if (value.service_date > to) to = value.service_date;
  }
  return { from, to };
}

async function readKnown(input: Resolving<SessionColumns>): Promise<Known> {
  const { db, hospital_id, rows, lock } = input;
  const codes = distinct(rows.map((row) => row.value.service_code));
  const services = await selectServices(db, hospital_id, codes);
  const practitioners = distinct(rows.map((row) => row.value.practitioner_code));
  const ids = services.map((service) => service.id);
  const standing =
    rows.length === 0
      ? []
      : await selectStanding(db, { hospital_id, services: ids, ...span(rows), lock });
  return {
    services: byCode(services),
    practitioners: byCode(await selectPractitioners(db, hospital_id, practitioners)),
    standing: new Map(standing.map((session) => [keyOf(session), session])),
  };
}

type Doctor = { practitioner_id: string | null; practitioner_licence: string | null };

/** The session a row asks for; undefined where a reference is missing or a change would harm. */
function wishOf(row: Row, known: Known, input: Resolving<SessionColumns>): Wish | undefined {
  const fault = faultAt(input.faults, columns);
  const { value } = row;
  const service = known.services.get(value.service_code);
  if (!service) {
    fault(row, 'service_code', '没有这个门诊代码，请先导入医生和门诊');
    return undefined;
  }
  const standing = known.standing.get(`${service.id} ${value.service_date} ${value.period}`);
  const doctor = doctorOf(row, service, known, (reason) => fault(row, 'practitioner_code', reason));
  if (!doctor) return undefined;
  const session: SessionRow = {
    id: standing?.id ?? input.newId(),
    healthcare_service_id: service.id,
    ...doctor,
    // A file that names no doctor keeps the one that triage has named.
    ...(standing && value.practitioner_code === null
      ? {
          practitioner_id: standing.practitioner_id,
          practitioner_licence: standing.practitioner_licence,
        }
      : {}),
    service_date: value.service_date,
    period: value.period,
    room: value.room,
    starts_at: shanghaiInstant(value.service_date, value.starts_at).toISOString(),
    ends_at: shanghaiInstant(value.service_date, value.ends_at).toISOString(),
    numbers: value.numbers,
    direct_pools: poolsOf(row),
    patient_bookings_max: value.patient_bookings_max,
    master: value.master,
    mode: value.mode,
  };
  const refused = standing ? harms(standing, session) : [];
  for (const { column, reason } of refused) fault(row, columnOf[column] ?? 'service_code', reason);
  return refused.length === 0 ? { row, session } : undefined;
}

const columnOf: Partial<Record<keyof SessionRow | 'status', keyof SessionColumns>> = {
  starts_at: 'starts_at',
  ends_at: 'ends_at',
  numbers: 'numbers',
  master: 'master',
  mode: 'mode',
  practitioner_id: 'practitioner_code',
  patient_bookings_max: 'patient_bookings_max',
  direct_pools: 'follow_up',
};

function doctorOf(
  row: Row,
  service: KnownService,
  known: Known,
  fault: (reason: string) => void,
): Doctor | undefined {
  const code = row.value.practitioner_code;
  if (code === null || code === service.practitioner_code)
    return {
      practitioner_id: service.practitioner_id,
      practitioner_licence: service.practitioner_licence,
    };
  const doctor = known.practitioners.get(code);
  if (!doctor) return void fault('没有这个医生工号，请先导入医生');
  const promised = service.practitioner_title ?? service.title;
  if (!titleSuffices(doctor.title, promised))
    return void fault(`这位医生的职称低于号上写明的${promised}`);
  return { practitioner_id: doctor.id, practitioner_licence: doctor.licence_number };
}

const elsewhere = '这位医生在同一天同一午别已有出诊';

/** Doctors in two rooms at once: within the file, and against every hospital's sessions. */
async function refuseClashes(input: Resolving<SessionColumns>, wishes: Wish[]): Promise<void> {
  const fault = faultAt(input.faults, columns);
  const place = ({ session }: Wish): string | null =>
    session.practitioner_id === null
      ? null
      : `${session.practitioner_licence ?? session.practitioner_id} ${session.service_date} ${session.period}`;
  eachRepeat(wishes, place, ({ row }, first) => {
    // The same service twice was reported as a repeated row.
    if (row.value.service_code !== first.row.value.service_code)
      fault(row, 'practitioner_code', `${elsewhere}：见第 ${first.row.line} 行`);
  });
  const practitioners = distinct(wishes.map((wish) => wish.session.practitioner_id));
  if (practitioners.length === 0) return;
  const licences = distinct(wishes.map((wish) => wish.session.practitioner_licence));
  const range = span(wishes.map((wish) => wish.row));
  const busy = new Map<string, BusyDoctor[]>();
  for (const taken of await selectBusyDoctors(input.db, { practitioners, licences, ...range }))
    for (const name of distinct([taken.practitioner_id, taken.practitioner_licence])) {
      const key = `${name} ${taken.service_date} ${taken.period}`;
      busy.set(key, [...(busy.get(key) ?? []), taken]);
    }
  for (const { row, session } of wishes) {
    const taken = distinct([session.practitioner_id, session.practitioner_licence])
      .flatMap((name) => busy.get(`${name} ${session.service_date} ${session.period}`) ?? [])
      .find((other) => other.id !== session.id);
    if (!taken) continue;
    const where = taken.hospital_id === input.hospital_id ? '本院' : '另一家医院';
    fault(row, 'practitioner_code', `${elsewhere}（${where}），请换一个时间或医生`);
  }
}

async function writeCreated(
  { tx, append }: WriteContext,
  input: Resolving<SessionColumns>,
  wishes: Wish[],
): Promise<void> {
  const fault = faultAt(input.faults, columns);
  for (const piece of pieces(wishes)) {
    const rows = piece.map((wish) => wish.session);
    const written = new Set(await insertSessions(tx, input.hospital_id, rows, input.now));
    for (const { row, session } of piece)
      if (!written.has(session.id))
        fault(row, 'service_code', `${elsewhere}，或这个出诊刚刚由他人排好；请重新校验`);
    if (input.faults.total() > 0) return;
    await append(rows.map((row) => sessionCreated(input.hospital_id, row.id, input.actor)));
  }
}

async function writeChanged(
  { tx, append }: WriteContext,
  input: Resolving<SessionColumns>,
  wishes: Wish[],
): Promise<void> {
  for (const piece of pieces(wishes)) {
    const changed = await inWords(
      updateSessions(
        tx,
        piece.map((wish) => wish.session),
      ),
    );
    await append(
      changed.map(({ id, version }) => ({
        name: 'schedule.session.changed',
        hospital_id: input.hospital_id,
        subject: `session:${id}`,
        version,
        actor: input.actor,
        payload: { session_id: id },
      })),
    );
  }
}
