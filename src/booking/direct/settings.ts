import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { getHospital } from '../../schedule/index.ts';
import { departmentUnknown } from './errors.ts';
import { default_added_share } from './rules.ts';
import { insertQuota, selectQuotas } from './store-added.ts';
import type { ByStaff } from './types.ts';

export type DepartmentQuota = {
  department_id: string;
  department_name: string;
  share: number;
  /** 0 while the department uses the default. */
  version: number;
};

/** Every department's quota of added numbers, in the order of their codes. */
export async function listQuotas(ctx: { db: Db }, hospital_id: string): Promise<DepartmentQuota[]> {
  const [hospital, set] = await Promise.all([
    getHospital(ctx, { hospital_id }),
    selectQuotas(ctx.db, hospital_id),
  ]);
  const bySet = new Map(set.map((one) => [one.department_id, one]));
  return hospital.departments.map(({ id, name }) => ({
    department_id: id,
    department_name: name,
    share: bySet.get(id)?.share ?? default_added_share,
    version: bySet.get(id)?.version ?? 0,
  }));
}

/**
 * Sets a department's quota; a new version, the old ones stay. It counts from now on.
 * @throws Problem booking/department-unknown.
 */
export async function setQuota(
  ctx: { db: Db; clock: Clock; random: Random },
  input: ByStaff & { department_id: string; share: number },
): Promise<{ version: number }> {
  const { hospital_id, department_id, share, actor } = input;
  const { departments } = await getHospital(ctx, { hospital_id });
  if (!departments.some(({ id }) => id === department_id)) throw new Problem(departmentUnknown);
  return ctx.db.tx(async (tx) => {
    const version = await insertQuota(tx, { ...input, at: ctx.clock.now() });
    await appendEvents(tx, ctx, [
      {
        name: 'booking.added.quota-set',
        hospital_id,
        subject: `added-quota:${department_id}`,
        version,
        actor,
        payload: { department_id, share },
      },
    ]);
    return { version };
  });
}
