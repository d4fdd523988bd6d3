import { api, ApiProblem, post } from '../shared/api.ts';
import { dayOf } from '../shared/format.ts';
import { serverNow, useAction, type Action } from '../shared/hooks.ts';
import { useNavigate } from '../shared/router.tsx';
import type { Draw, Entered, Entry, SessionDetail } from '../shared/types.ts';
import { agreeing } from './consent-gate.tsx';
import { draftFor, keepReceipt, keepWishSecret } from './receipts.ts';

/** What the person wants of a draw, and whether to go on with the next ones. */
export type Choice = {
  preferences: string[];
  wildcard: 'chief' | 'any' | null;
  notice_days: number;
  /** Last clinic day of the standing wish; null: only this draw. */
  wish_until: string | null;
};

/** Registers a person, keeps the receipt in this browser, and leads to it. */
export function useEnter(draw: Draw): Action<[string, Choice]> {
  const navigate = useNavigate();
  return useAction(async (key, patient_id: string, choice: Choice) => {
    const name = `${draw.draw_id}/${patient_id}`;
    const draft = await draftFor(name);
    const body = { patient_id, ...bodyOf(choice), nonce: draft.nonce, secret_hash: draft.secret_hash }; // prettier-ignore
    const entered = await agreeing(() =>
      post<Entered>(`/api/draws/${draw.draw_id}/entries`, body, key),
    );
    keepReceipt({ entered, draft, name, drawCode: draw.code });
    const standing = choice.wish_until
      ? await makeWish(draw, patient_id, choice, `${key}-wish`)
      : 'none';
    navigate(`/entries/${entered.e}?new=1${standing === 'failed' ? '&wish=failed' : ''}`);
  });
}

/** Changes an entry: the old one is withdrawn and a new one made in one step. */
export function useEdit(entry: Entry, secret: string): Action<[Choice]> {
  const navigate = useNavigate();
  return useAction(async (key, choice: Choice) => {
    const name = `${entry.draw_id}/${entry.patient.patient_id}/${entry.e}`;
    const draft = await draftFor(name);
    const entered = await post<Entered>(
      `/api/entries/${entry.e}/edit`,
      { secret, ...bodyOf(choice), nonce: draft.nonce, secret_hash: draft.secret_hash },
      key,
    );
    keepReceipt({ entered, draft, name, drawCode: entry.draw.code });
    navigate(`/entries/${entered.e}?edited=1`);
  });
}

function bodyOf({ preferences, wildcard, notice_days }: Choice) {
  return { preferences, wildcard, notice_days };
}

/** The entry stands whatever becomes of the wish, so a wish that fails is said and stops nothing. */
async function makeWish(
  draw: Draw,
  patient_id: string,
  choice: Choice,
  key: string,
): Promise<'made' | 'failed'> {
  try {
    const body = await wishOf(draw, patient_id, choice);
    const made = await post<{ wish_id: string; secret: string }>('/api/wishes', body, key);
    keepWishSecret(made.wish_id, made.secret);
    return 'made';
  } catch (error) {
    // A wish of this group from before goes on just the same.
    if (error instanceof ApiProblem && error.code === 'release/wish-exists') return 'made';
    return 'failed';
  }
}

const clinics_max = 10;

/** The wish for the clinics of the list: a draw names sessions, a wish the clinics they belong to. */
async function wishOf(draw: Draw, patient_id: string, choice: Choice): Promise<object> {
  const { preferences, wildcard, notice_days, wish_until } = choice;
  const ids = draw.sessions.map(({ session_id }) => session_id);
  const details = await Promise.all(
    ids.map((session) => api<SessionDetail>(`/api/sessions/${session}`)),
  );
  const byId = new Map(details.map((one) => [one.session_id, one]));
  const listed = preferences.flatMap((session) => byId.get(session) ?? []);
  const wild = details.filter(({ service }) => wildcard === 'chief' && service.level === 'chief');
  const services = [...new Set([...listed, ...wild].map(({ service }) => service.id))];
  return {
    hospital_id: details[0]?.hospital_id,
    draw_group: draw.group,
    patient_id,
    healthcare_service_ids: services.slice(0, clinics_max),
    any_service: wildcard === 'any',
    from_date: dayOf(serverNow()),
    to_date: wish_until,
    notice_days,
  };
}
