/** Limits of accounts and people; every number is read from here, and `PEOPLE_LIMITS` changes it. */
export type PeopleLimits = Readonly<{
  /** Patients an account acts for, helpers aside. */
  patients_account_max: number;
  /** Accounts that act for a patient, helpers aside. */
  accounts_patient_max: number;
  /** Patients an account may add, and remove, within `churn_days`. */
  adds_max: number;
  removals_max: number;
  churn_days: number;
  /** Guardians a child may have online; the window records more. */
  guardians_child_max: number;
  /** Patients whose agreement one phone may give. */
  phone_patients_max: number;
  /** Numbers booked from afar while staff have still to see the document. */
  trial_bookings_max: number;
  /** What a helper may book in a day and a month unless the hospital decides otherwise. */
  delegate_day_max: number;
  delegate_month_max: number;
}>;

export const default_people_limits: PeopleLimits = Object.freeze({
  patients_account_max: 5,
  accounts_patient_max: 4,
  adds_max: 10,
  removals_max: 5,
  churn_days: 90,
  guardians_child_max: 4,
  phone_patients_max: 3,
  trial_bookings_max: 2,
  delegate_day_max: 20,
  delegate_month_max: 200,
});

/** The real-name authority an installation has a contract with (docs/real-name.md). */
export type RealNameConfig = Readonly<{
  url: string;
  /** The shared key in hex. */
  key: string;
  name: string;
  timeout_ms: number;
}>;

export type PeopleConfig = Readonly<{
  limits: PeopleLimits;
  /** Undefined: the demo's sandbox, or outside the demo no authority at all. */
  real_name: RealNameConfig | undefined;
}>;

type Text = (name: string) => string | undefined;

export function readPeopleConfig(text: Text, faults: string[]): PeopleConfig {
  return Object.freeze({
    limits: readLimits(text('PEOPLE_LIMITS'), faults),
    real_name: readRealName(text, faults),
  });
}

function readLimits(given: string | undefined, faults: string[]): PeopleLimits {
  const limits: Record<string, number> = { ...default_people_limits };
  for (const part of (given ?? '').split(',').filter((one) => one.trim() !== '')) {
    const [name = '', value = ''] = part.split('=').map((one) => one.trim());
    if (!Object.hasOwn(limits, name) || !/^[1-9]\d{0,4}$/.test(value))
      faults.push(
        `PEOPLE_LIMITS has "${part.trim()}": write name=number with a name of ${Object.keys(limits).join(', ')}.`,
      );
    else limits[name] = Number(value);
  }
  return Object.freeze(limits) as PeopleLimits;
}

function readRealName(text: Text, faults: string[]): RealNameConfig | undefined {
  const url = text('REALNAME_URL');
  const key = text('REALNAME_KEY');
  const timeout_ms = Number(text('REALNAME_TIMEOUT_MS') ?? '3000');
  if ((url === undefined) !== (key === undefined))
    faults.push('REALNAME_URL and REALNAME_KEY go together: give both or none.');
  if (url !== undefined && !isSafeUrl(url))
    faults.push(
      'REALNAME_URL must be an https:// address, or http:// on this machine: names and numbers travel there.',
    );
  if (key !== undefined && !/^([0-9a-fA-F]{2}){16,}$/.test(key))
    faults.push('REALNAME_KEY must be at least 32 hexadecimal digits.');
  if (!Number.isInteger(timeout_ms) || timeout_ms < 100 || timeout_ms > 30_000)
    faults.push('REALNAME_TIMEOUT_MS must be a whole number from 100 to 30000.');
  if (url === undefined || key === undefined) return undefined;
  return Object.freeze({ url, key, name: text('REALNAME_NAME') ?? 'authority', timeout_ms });
}

function isSafeUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return (
    protocol === 'https:' ||
    (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname))
  );
}
