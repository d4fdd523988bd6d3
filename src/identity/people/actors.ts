import type { FieldCrypto } from '../../platform/crypto/index.ts';
import type { Queryable } from '../../platform/db.ts';
import { maskPhone } from '../documents/index.ts';
import { sealedAs } from '../sealing.ts';
import type { DelegateKind } from './delegates.ts';
import { actorsOf } from './store-delegates.ts';

/** Who did something in a patient's name, so that the patient recognises them. */
export type ActorWords = {
  kind: 'me' | 'own' | 'family' | 'delegate' | 'other' | 'staff' | 'system';
  /** 本人账号（尾号 1234）, 村医 · 柳溪村卫生室, 医院窗口 … */
  text: string;
};

export const delegateNames: Record<DelegateKind, string> = {
  village_doctor: '村医',
  social_worker: '社工',
  school_nurse: '校医',
  care_home: '养老机构',
};

type Asked = { actor: string; account_id: string | null; channel: string };

/** One answer for each act, in order; phones are cut to their ends. */
export async function actorWords(
  ctx: { db: Queryable; fields: FieldCrypto },
  viewer: { account_id: string; patient_id: string },
  acts: readonly Asked[],
): Promise<ActorWords[]> {
  const accountOf = ({ actor, account_id }: Asked): string | null =>
    actor.startsWith('account:') ? actor.slice('account:'.length) : account_id;
  const ids = [...new Set(acts.map(accountOf).filter((id) => id !== null))];
  const known = new Map(
    (await actorsOf(ctx.db, ids, viewer.patient_id)).map((row) => [row.account_id, row]),
  );
  return acts.map((act) => {
    const id = accountOf(act);
    const row = id === null ? undefined : known.get(id);
    if (!row) return withoutAccount(act);
    const end = maskPhone(ctx.fields.open(row.sealed_phone, sealedAs.account_phone)).slice(-4);
    if (row.account_id === viewer.account_id)
      return { kind: 'me', text: `您现在的账号（尾号 ${end}）` };
    if (row.relation === 'self') return { kind: 'own', text: `本人账号（尾号 ${end}）` };
    if (row.relation === 'delegate' && row.delegate_kind !== null) {
      const name = delegateNames[row.delegate_kind as DelegateKind];
      return { kind: 'delegate', text: `${name} · ${row.organisation ?? ''}` };
    }
    if (row.relation !== null) return { kind: 'family', text: `家人账号（尾号 ${end}）` };
    return { kind: 'other', text: `其他账号（尾号 ${end}）` };
  });
}

function withoutAccount({ actor, channel }: Asked): ActorWords {
  if (channel === 'phone') return { kind: 'staff', text: '医院电话' };
  if (channel === 'kiosk') return { kind: 'staff', text: '医院自助机' };
  if (actor.startsWith('staff:') || channel === 'window')
    return { kind: 'staff', text: '医院窗口' };
  if (channel === 'in_clinic') return { kind: 'staff', text: '医生诊间' };
  if (channel === 'his' || channel === 'migrated') return { kind: 'staff', text: '医院系统' };
  return { kind: 'system', text: '系统' };
}
