import type { Queryable } from '../platform/db.ts';
import { listHospitals } from '../schedule/index.ts';
import { isRemote, staysOpen, type Asker, type Restriction } from '../booking/index.ts';
import { Problem } from '../platform/problem.ts';
import { restricted } from './errors.ts';

/**
 * Refuses a registration from afar for somebody whom the hospital keeps out of it, and says until
 * when, by whose list (`name` of the hospital), how to object, and what stays open. At the window
 * nobody is refused.
 * @throws Problem release/restricted with `until`, `restriction_id`, `list_of`, `appeal`, `stays_open`.
 */
export function refuseRestricted(
  found: Restriction | undefined,
  name: string,
  asker: Pick<Asker, 'channel'>,
): void {
  if (!found || !isRemote(asker.channel)) return;
  throw new Problem(
    restricted,
    {
      until: found.until.toISOString(),
      restriction_id: found.restriction_id,
      list_of: name,
      appeal: '/limits',
      stays_open: [...staysOpen],
    },
    {
      message: `这位就诊人在${name}网上和电话登记派号暂停到${dayAndHour(found.until)}，到期自动恢复。这是${name}自己的名单，不影响其他医院；窗口、急诊、普通门诊、复诊和转诊照常。不同意可以在“预约限制”里申诉，一个工作日内答复。`,
    },
  );
}

/** The hospital's name as its list is called. */
export async function hospitalName(db: Queryable, hospital_id: string): Promise<string> {
  const hospitals = await listHospitals({ db });
  return hospitals.find((one) => one.id === hospital_id)?.name ?? '本院';
}

function dayAndHour(at: Date): string {
  const local = new Date(at.getTime() + 8 * 3_600_000);
  const [month, day] = [local.getUTCMonth() + 1, local.getUTCDate()];
  return `${local.getUTCFullYear()}年${month}月${day}日${local.toISOString().slice(11, 16)}`;
}
