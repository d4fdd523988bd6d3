/**
 * What speaks for a machine or a hoarder behind a request. The counts are of the last day; they
 * never refuse anything by themselves, they only choose a lane and ask for a challenge.
 */
export type RiskSignals = {
  /** Requests refused by a limit. */
  limit_refusals: number;
  /** Whether the account has asked without a pause for longer than any person does. */
  sustained: boolean;
  /** Persons one device key asked for numbers for. */
  patients_on_device: number;
  /** Documents that no check believed. */
  failed_documents: number;
  /** Steps or signatures used a second time. */
  replayed_steps: number;
  /** Numbers asked for without the step before. */
  skipped_steps: number;
};

/** Whose signals: an account, and the device key when the request was signed with one. */
export type RiskSubject = { account_id: string; device_key_id: string | null };

export type RiskKind = Exclude<keyof RiskSignals, 'patients_on_device' | 'sustained'>;

/** Where signals come from; the guards' own memory now, a risk engine when there is one. */
export type RiskSource = {
  note(kind: RiskKind, who: RiskSubject): void;
  noteSustained(who: RiskSubject): void;
  notePatient(who: RiskSubject, patient_id: string): void;
  read(who: RiskSubject): RiskSignals;
  /** A person found that what spoke against an account was wrong: it begins anew. */
  forget(account_id: string): void;
};

type Memory = {
  since: number;
  limit_refusals: number;
  failed_documents: number;
  replayed_steps: number;
  skipped_steps: number;
  sustained: boolean;
  patients: Set<string>;
};

const day_ms = 86_400_000;
/** Enough to tell a companion's phone from a farm; more would only cost memory. */
const patients_max = 64;
const subjects_max = 100_000;

/** Signals in the memory of one process: bounded, the longest known is forgotten first. */
export function createRiskMemory(
  ctx: { clock: { now(): Date } },
  limit: number = subjects_max,
): RiskSource & { size(): number } {
  const records = new Map<string, Memory>();

  const recordOf = (name: string): Memory => {
    const now = ctx.clock.now().getTime();
    const known = records.get(name);
    if (known && now - known.since < day_ms) return known;
    records.delete(name);
    if (records.size >= limit) records.delete(records.keys().next().value as string);
    const fresh = { since: now, limit_refusals: 0, failed_documents: 0, replayed_steps: 0, skipped_steps: 0, sustained: false, patients: new Set<string>() }; // prettier-ignore
    records.set(name, fresh);
    return fresh;
  };
  const each = (who: RiskSubject, change: (record: Memory) => void): void => {
    change(recordOf(`account ${who.account_id}`));
    if (who.device_key_id !== null) change(recordOf(`device ${who.device_key_id}`));
  };
  const living = (name: string): Memory | undefined => {
    const known = records.get(name);
    return known && ctx.clock.now().getTime() - known.since < day_ms ? known : undefined;
  };

  return {
    size: () => records.size,
    note: (kind, who) => each(who, (record) => void record[kind]++),
    noteSustained: (who) => each(who, (record) => void (record.sustained = true)),
    notePatient: ({ device_key_id }, patient_id) => {
      if (device_key_id === null) return;
      const { patients } = recordOf(`device ${device_key_id}`);
      if (patients.size < patients_max) patients.add(patient_id);
    },
    forget: (account_id) => void records.delete(`account ${account_id}`),
    read: ({ account_id, device_key_id }) => {
      const own = living(`account ${account_id}`);
      const device = device_key_id === null ? undefined : living(`device ${device_key_id}`);
      const most = (kind: RiskKind): number => Math.max(own?.[kind] ?? 0, device?.[kind] ?? 0);
      return {
        limit_refusals: most('limit_refusals'),
        sustained: (own?.sustained ?? false) || (device?.sustained ?? false),
        patients_on_device: device?.patients.size ?? 0,
        failed_documents: most('failed_documents'),
        replayed_steps: most('replayed_steps'),
        skipped_steps: most('skipped_steps'),
      };
    },
  };
}
