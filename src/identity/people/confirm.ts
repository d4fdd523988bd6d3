import { createHmac } from 'node:crypto';
import type { Db, Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { Problem } from '../../platform/problem.ts';
import type { Secrets } from '../../platform/secrets.ts';
import { maskName, maskPhone, type DocumentType } from '../documents/index.ts';
import { codeWrong, patientUnknown } from '../errors.ts';
import { linkPatientIn } from '../link-patient.ts';
import { personsById, type StoredPerson } from '../patient-store.ts';
import type { RealNameProvider } from '../real-name.ts';
import { claimAttempt } from '../register-patient.ts';
import type { CodeChannel } from '../messages.ts';
import { codeRefused, readPhone, type CodeContext } from '../request-code.ts';
import {
  code_digits,
  code_minutes_max,
  code_tries_max,
  minutesAfter,
  networkOf,
} from '../rules.ts';
import { hex, networkIndex, phoneIndex, sealedAs } from '../sealing.ts';
import { sendCode, type SendCodeContext } from '../send-code.ts';
import { accountPhone } from '../sign-in.ts';
import { insertCode, lockKeys, tryCode } from '../store.ts';
import { noteCheck } from './cases.ts';
import { noteConsent } from './consent.ts';
import {
  confirmPhoneNeeded,
  confirmPhoneOwn,
  confirmPhoneRefused,
  credentialRefused,
  notPending,
} from './errors.ts';
import { limitsOf, type WithLimits } from './limits.ts';
import { nameOf, numberOf, provenPhone } from './open.ts';
import { isProven, phoneEnd, stateOf, type ConfirmedBy, type LinkState } from './rules.ts';
import {
  dropPendingLink,
  linksOfPatient,
  patientsOfPhone,
  readLink,
  setPatientPhone,
} from './store-links.ts';

export type ConfirmContext = CodeContext & WithLimits & { db: Db; realName: RealNameProvider };
type Pair = { account_id: string; patient_id: string };

/** The waiting link and its patient. @throws Problem identity/patient-unknown, not-pending. */
async function pendingOf(
  ctx: { db: Db },
  { account_id, patient_id }: Pair,
): Promise<{ person: StoredPerson; relation: string }> {
  const link = await readLink(ctx.db, account_id, patient_id);
  const [person] = await personsById(ctx.db, [patient_id]);
  if (!link || !person) throw new Problem(patientUnknown);
  if (link.state !== 'pending') throw new Problem(notPending);
  return { person, relation: link.relation };
}

/** A code for one account and one patient only: it signs nobody in and confirms nobody else. */
function pairHash(secrets: Secrets, phone_index: Uint8Array, pair: Pair, code: string): Uint8Array {
  return createHmac('sha256', secrets.key('patient confirmation code'))
    .update(phone_index)
    .update(`${pair.account_id} ${pair.patient_id} ${code}`)
    .digest();
}

/** Codes of agreement are counted apart from sign-in codes of the same phone. */
function confirmIndex(ctx: ConfirmContext, phone: string): Uint8Array {
  return ctx.fields.blindIndex(phone, 'identity.phone-confirmed');
}

/** The patient's proven phone, else the one given here, if it can be the patient's own. */
async function phoneToAsk(
  ctx: ConfirmContext,
  pair: Pair,
  person: StoredPerson,
  given: string | undefined,
): Promise<string> {
  const proven = provenPhone(ctx.fields, person);
  if (proven !== undefined) return proven;
  if (given === undefined) throw new Problem(confirmPhoneNeeded);
  const phone = readPhone(given);
  if (phone === (await accountPhone(ctx.db, ctx.fields, pair.account_id)))
    throw new Problem(confirmPhoneOwn);
  const used = await patientsOfPhone(ctx.db, phoneIndex(ctx.fields, phone), pair.patient_id);
  if (used >= limitsOf(ctx).phone_patients_max) throw new Problem(confirmPhoneRefused);
  await claimAttempt(ctx, pair.account_id);
  const answer = await ctx.realName.check({
    name: nameOf(ctx.fields, person),
    documentType: person.document_type as DocumentType,
    documentNumber: numberOf(ctx.fields, person),
    phone,
  });
  // A phone in a stranger's name agrees for nobody; where nobody can tell, the code decides.
  if (answer.phone === 'mismatch') throw new Problem(confirmPhoneRefused);
  return phone;
}

/**
 * Sends the patient a code that lets this account act for them. `phone` is needed only when the
 * patient has no proven phone yet. The reply names the phone by its last two digits.
 * @throws Problem identity/patient-unknown, not-pending, confirm-phone-needed, confirm-phone-own,
 *   confirm-phone-refused, phone-invalid, code-too-soon, code-day-limit, code-network-limit,
 *   code-unsent, code-unreachable.
 */
export async function sendConfirmCode(
  ctx: ConfirmContext & SendCodeContext,
  input: Pair & { phone?: string; channel?: CodeChannel; ip: string },
): Promise<{ phone_end: string; expires_at: Date }> {
  const { person } = await pendingOf(ctx, input);
  const phone = await phoneToAsk(ctx, input, person, input.phone);
  const id = newId(ctx);
  const own = await accountPhone(ctx.db, ctx.fields, input.account_id);
  const name = maskName(nameOf(ctx.fields, person));
  const code = String(ctx.random.below(10 ** code_digits)).padStart(code_digits, '0');
  const text = `【正号】手机 ${maskPhone(own ?? '')} 请求替 ${name} 预约挂号、查看预约。同意就把确认码 ${code} 告诉对方；不认识对方请不要告诉任何人。${code_minutes_max} 分钟内有效。`;
  const at = ctx.clock.now();
  const phone_index = confirmIndex(ctx, phone);
  const network = networkIndex(ctx.fields, networkOf(input.ip));
  const expires_at = minutesAfter(at, code_minutes_max);
  const refusal = await ctx.db.tx(async (tx) => {
    await lockKeys(tx, [`phone ${hex(phone_index)}`, `network ${network}`]);
    return insertCode(tx, {
      ...{ id, phone_index, network, tries: code_tries_max, expires_at, at },
      code_hash: pairHash(ctx.secrets, phone_index, input, code),
    });
  });
  if (refusal) throw codeRefused(refusal);
  await sendCode(ctx, {
    ...{ id, to: phone, channel: input.channel ?? 'sms', text },
    template: {
      kind: 'agree_code',
      values: { phone: maskPhone(own ?? ''), name, code, minutes: String(code_minutes_max) },
    },
  });
  return { phone_end: phoneEnd(phone), expires_at };
}

const pairOf = ({ account_id, patient_id }: Pair): Pair => ({ account_id, patient_id });

/** The patient has agreed: the link is as good as the document. */
async function agree(
  tx: Tx,
  ctx: ConfirmContext,
  agreement: Pair & { by: Exclude<ConfirmedBy, 'none' | 'self' | 'guardian'>; actor?: string },
): Promise<LinkState> {
  const { by, actor, ...pair } = agreement;
  const [person] = await personsById(tx, [pair.patient_id]);
  const link = await readLink(tx, pair.account_id, pair.patient_id);
  if (!person || !link) throw new Problem(patientUnknown);
  if (link.state !== 'pending') throw new Problem(notPending);
  const helper = link.relation === 'delegate';
  const state = helper ? 'delegate' : stateOf(by, isProven(person.check_result));
  const { relation } = link as { relation: 'other' | 'delegate' };
  await linkPatientIn(tx, ctx, {
    ...{ ...pair, relation, state },
    confirmed_by: by,
    ...(actor === undefined ? {} : { actor }),
  });
  if (helper) await noteConsent(tx, ctx, { ...pair, by });
  return state;
}

/**
 * The code the patient told the account holder.
 * @throws Problem identity/code-wrong, patient-unknown, not-pending, accounts-max.
 */
export async function confirmByCode(
  ctx: ConfirmContext,
  input: Pair & { code: string; phone?: string },
): Promise<{ state: LinkState }> {
  const { person } = await pendingOf(ctx, input);
  const proven = provenPhone(ctx.fields, person);
  if (proven === undefined && input.phone === undefined) throw new Problem(confirmPhoneNeeded);
  const phone = proven ?? readPhone(input.phone ?? '');
  const phone_index = confirmIndex(ctx, phone);
  const code_hash = pairHash(ctx.secrets, phone_index, input, input.code);
  // A wrong code is thrown after the commit, or its lost try would be given back.
  const state = await ctx.db.tx(async (tx) => {
    if (!(await tryCode(tx, { phone_index, code_hash, at: ctx.clock.now() }))) return undefined;
    if (proven === undefined)
      await setPatientPhone(tx, {
        patient_id: person.id,
        sealed_phone: ctx.fields.sealFor(person.id, phone, sealedAs.patient_phone),
        phone_index: phoneIndex(ctx.fields, phone),
        proof: 'code',
      });
    return agree(tx, ctx, { ...pairOf(input), by: 'code' });
  });
  if (state === undefined) throw new Problem(codeWrong);
  return { state };
}

/**
 * The patient shows a 网证 instead of a code.
 * @throws Problem identity/credential-refused, patient-unknown, not-pending, accounts-max.
 */
export async function confirmByCredential(
  ctx: ConfirmContext,
  input: Pair & { credential: string },
): Promise<{ state: LinkState }> {
  const { person } = await pendingOf(ctx, input);
  const answer = await ctx.realName.checkCredential?.({
    name: nameOf(ctx.fields, person),
    documentType: person.document_type as DocumentType,
    documentNumber: numberOf(ctx.fields, person),
    credential: input.credential,
  });
  if (answer?.result !== 'match') throw new Problem(credentialRefused);
  const { result, source, reference, checkedAt: checked_at } = answer;
  const state = await ctx.db.tx(async (tx) => {
    const check = { result, source, reference, checked_at, method: 'credential' as const };
    await noteCheck(tx, ctx, person.id, check);
    return agree(tx, ctx, { ...pairOf(input), by: 'credential' });
  });
  return { state };
}

/** Who waits for this patient's agreement, and who has it, for the window. */
export async function linksForWindow(
  ctx: ConfirmContext,
  patient_id: string,
): Promise<
  { account_id: string; phone_masked: string; relation: string; state: LinkState; since: Date }[]
> {
  const links = await linksOfPatient(ctx.db, patient_id);
  return links
    .filter((link) => link.state !== 'merged')
    .map(({ account_id, relation, state, created_at: since, sealed_phone }) => ({
      account_id,
      phone_masked: maskPhone(ctx.fields.open(sealed_phone, sealedAs.account_phone)),
      ...{ relation, state, since },
    }));
}

/**
 * The patient, at the window with their document, agrees to an account or refuses it.
 * @throws Problem identity/patient-unknown, not-pending, accounts-max.
 */
export async function answerAtWindow(
  ctx: ConfirmContext,
  input: Pair & { accept: boolean; actor: string },
): Promise<void> {
  await pendingOf(ctx, input);
  await ctx.db.tx(async (tx) => {
    if (input.accept) await agree(tx, ctx, { ...pairOf(input), by: 'counter', actor: input.actor });
    else if (!(await dropPendingLink(tx, { ...input, at: ctx.clock.now() })))
      throw new Problem(notPending);
  });
}
