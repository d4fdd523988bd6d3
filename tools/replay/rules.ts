import {
  dryRun,
  presets,
  writeRules,
  type DryRun,
  type HistoryVisit,
  type Preset,
} from '../../src/booking/index.ts';
import type { Context } from '../../src/context.ts';
import { shanghaiDate, shanghaiInstant } from '../../src/platform/clock.ts';
import { ReplayError } from './errors.ts';
import { readAppointments, type Appointment } from './read-appointments.ts';

/** @throws ReplayError naming the presets there are. */
export function readRules(code: string): Preset {
  const preset = presets.find((one) => one.code === code);
  if (preset) return preset;
  const known = presets.map((one) => one.code).join(', ');
  throw new ReplayError(`There are no rules "${code}". The presets are: ${known}.`);
}

/** Puts a preset in force from the day on which the replay's clock stands. */
export async function putInForce(ctx: Context, hospital_id: string, preset: Preset): Promise<void> {
  await writeRules(ctx, {
    hospital_id,
    base_version: 0,
    effective_from: shanghaiDate(ctx.clock.now()),
    rules: preset.rules,
    reason: 'replay',
    actor: 'replay',
  });
}

/**
 * The file as history: clinics (neighbourhoods) of one department, one session a day in one half-day each;
 * every booking was made by the person online, and nobody gave anything back, for the file knows none.
 */
export function dryRunOf(appointments: readonly Appointment[], preset: Preset): DryRun {
  return dryRun(preset.rules, appointments.map(toHistory));
}

/** The same without a replay: reads the file and reckons. */
export async function reckon(
  file: string,
  preset: Preset,
): Promise<{ rows: number; rules: string; dry_run: DryRun }> {
  const { rows, appointments } = await readAppointments(file);
  return { rows, rules: preset.code, dry_run: dryRunOf(appointments, preset) };
}

function toHistory(one: Appointment): HistoryVisit {
  return {
    patient: one.patient,
    account: null,
    phone: null,
    device: null,
    hospital: 'replay',
    session: `${one.clinic} ${one.day}`,
    department: 'replay',
    day: one.day,
    half_day: 'evening',
    channel: 'web',
    made_at: shanghaiInstant(one.booked_day, one.booked_time),
    confirmed: true,
    gone_at: null,
    gone_how: null,
    age: one.age,
    no_show_at: one.is_no_show ? shanghaiInstant(one.day, '23:59:30') : null,
  };
}
