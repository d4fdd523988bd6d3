import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { can, listStaff } from '../../identity/index.ts';
import { getHospital } from '../../schedule/index.ts';
import type { ByStaff } from '../direct/types.ts';
import { institutionTaken, institutionUnknown, notAReferrer, quotaScope } from './errors.ts';
import type { Per, Quota } from './rules.ts';
import {
  insertInstitution,
  insertQuota,
  raiseInstitution,
  selectInstitutions,
  selectQuotas,
  selectReferrers,
  setReferrer,
  updateInstitution,
} from './store-institutions.ts';

type Source = { db: Db; clock: Clock; random: Random };

/** Registers an institution of primary care with a hospital. @throws Problem booking/institution-taken. */
export async function addInstitution(
  ctx: Source,
  input: ByStaff & { code: string; name: string; phone: string },
): Promise<{ institution_id: string }> {
  const id = newId(ctx);
  const { hospital_id, actor } = input;
  await ctx.db.tx(async (tx) => {
    if (!(await insertInstitution(tx, { ...input, id }))) throw new Problem(institutionTaken);
    await appendEvents(tx, ctx, [
      {
        name: 'booking.institution.changed',
        hospital_id,
        subject: `institution:${id}`,
        version: 1,
        actor,
        payload: { institution_id: id, closed: false },
      },
    ]);
  });
  return { institution_id: id };
}

/** Changes an institution's name and phone, closes it or opens it again. @throws Problem booking/institution-unknown. */
export async function changeInstitution(
  ctx: Source,
  input: ByStaff & { institution_id: string; name: string; phone: string; closed: boolean },
): Promise<void> {
  const { institution_id: id, hospital_id, name, phone, closed, actor } = input;
  const closed_at = closed ? ctx.clock.now() : null;
  await ctx.db.tx(async (tx) => {
    const written = await updateInstitution(tx, { id, hospital_id, name, phone, closed_at });
    if (!written) throw new Problem(institutionUnknown);
    await appendEvents(tx, ctx, [
      {
        name: 'booking.institution.changed',
        hospital_id,
        subject: `institution:${id}`,
        version: written.version,
        actor,
        payload: { institution_id: id, closed },
      },
    ]);
  });
}

/**
 * Says for which institution a referrer's account signs in.
 * @throws Problem booking/not-a-referrer, institution-unknown.
 */
export async function bindReferrer(
  ctx: Source,
  input: ByStaff & { institution_id: string; staff_id: string },
): Promise<void> {
  const { hospital_id, institution_id, staff_id, actor } = input;
  const staff = await listStaff(ctx, hospital_id);
  const member = staff.find((one) => one.id === staff_id && one.disabled_at === null);
  if (!member || !can(member.roles, 'referral.send')) throw new Problem(notAReferrer);
  await ctx.db.tx(async (tx) => {
    const raised = await raiseInstitution(tx, input);
    if (!raised) throw new Problem(institutionUnknown);
    await setReferrer(tx, { ...input, at: ctx.clock.now() });
    await appendEvents(tx, ctx, [
      {
        name: 'booking.institution.referrer-set',
        hospital_id,
        subject: `institution:${institution_id}`,
        version: raised.version,
        actor,
        payload: { staff_id, institution_id },
      },
    ]);
  });
}

/**
 * Sets how many patients an institution may send to a department, or to one clinic of it, without
 * asking; a new version, the old ones stay. `numbers` null takes a clinic's own quota away.
 * @throws Problem booking/referral-quota-scope, institution-unknown.
 */
export async function setReferralQuota(
  ctx: Source,
  input: ByStaff & {
    institution_id: string;
    department_id: string;
    healthcare_service_id: string | null;
    per: Per;
    numbers: number | null;
  },
): Promise<{ version: number }> {
  const { hospital_id, institution_id, department_id, healthcare_service_id, per } = input;
  const { numbers, actor } = input;
  const { departments, services } = await getHospital(ctx, { hospital_id });
  const known =
    healthcare_service_id === null
      ? numbers !== null && departments.some(({ id }) => id === department_id)
      : services.some((one) => one.id === healthcare_service_id && one.department_id === department_id); // prettier-ignore
  if (!known) throw new Problem(quotaScope);
  return ctx.db.tx(async (tx) => {
    // Locks the institution, under which its quotas are counted and their versions follow one another.
    const raised = await raiseInstitution(tx, input);
    if (!raised) throw new Problem(institutionUnknown);
    const version = await insertQuota(tx, { ...input, at: ctx.clock.now() });
    await appendEvents(tx, ctx, [
      {
        name: 'booking.referral.quota-set',
        hospital_id,
        subject: `institution:${institution_id}`,
        version: raised.version,
        actor,
        payload: { institution_id, department_id, healthcare_service_id, per, numbers },
      },
    ]);
    return { version };
  });
}

export type InstitutionView = {
  institution_id: string;
  code: string;
  name: string;
  phone: string;
  closed: boolean;
  referrers: { staff_id: string; display_name: string }[];
  quotas: (Quota & { numbers: number; department_name: string; service_name: string | null })[];
};

/** Every institution of a hospital with its accounts and quotas, and referrers' accounts of none yet. */
export async function listInstitutions(
  ctx: { db: Db },
  hospital_id: string,
): Promise<{
  institutions: InstitutionView[];
  unbound: { staff_id: string; display_name: string }[];
}> {
  const [rows, bound, staff, hospital] = await Promise.all([
    selectInstitutions(ctx.db, hospital_id),
    selectReferrers(ctx.db, hospital_id),
    listStaff(ctx, hospital_id),
    getHospital(ctx, { hospital_id }),
  ]);
  const quotas = await selectQuotas(
    ctx.db,
    rows.map((row) => row.id),
  );
  const departments = new Map(hospital.departments.map(({ id, name }) => [id, name]));
  const services = new Map(hospital.services.map(({ id, name }) => [id, name]));
  const accounts = staff
    .filter((one) => one.disabled_at === null && can(one.roles, 'referral.send'))
    .map((one) => ({ staff_id: one.id, display_name: one.display_name }));
  const homes = new Map(bound.map((one) => [one.staff_id, one.institution_id]));
  return {
    unbound: accounts.filter((one) => !homes.has(one.staff_id)),
    institutions: rows.map((row) => ({
      institution_id: row.id,
      code: row.code,
      name: row.name,
      phone: row.phone,
      closed: row.closed_at !== null,
      referrers: accounts.filter((one) => homes.get(one.staff_id) === row.id),
      quotas: quotas.flatMap((quota) =>
        quota.institution_id !== row.id || quota.numbers === null
          ? []
          : [
              {
                ...quota,
                numbers: quota.numbers,
                department_name: departments.get(quota.department_id) ?? '',
                service_name: services.get(quota.healthcare_service_id ?? '') ?? null,
              },
            ],
      ),
    })),
  };
}
