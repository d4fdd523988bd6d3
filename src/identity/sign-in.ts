import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db, Queryable, Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { createPersonKeys } from '../platform/person-keys.ts';
import { Problem } from '../platform/problem.ts';
import { maskPhone } from './documents/index.ts';
import { codeWrong, sessionEnded } from './errors.ts';
import { readPhone, type CodeContext } from './request-code.ts';
import { codeHash, phoneIndex, phoneKeyId, sealedAs } from './sealing.ts';
import { accountOwner, startSession, type IssuedSession } from './sessions.ts';
import { findAccount, openAccount, readAccountPhone, tryCode, type Account } from './store.ts';

export type SignedIn = IssuedSession & { account_id: string; session_id: string; opened: boolean };

/**
 * Signs in with a phone and its newest one-time code, opening the account at the first time.
 * @throws Problem identity/phone-invalid; identity/code-wrong for a code that is wrong, used,
 *   older than five minutes, replaced by a newer one, or out of tries.
 */
export async function signIn(
  ctx: CodeContext,
  input: { phone: string; code: string; user_agent: string },
): Promise<SignedIn> {
  const phone = readPhone(input.phone);
  const phone_index = phoneIndex(ctx.fields, phone);
  const code_hash = codeHash(ctx.secrets, phone_index, input.code);
  // A wrong code is thrown after the commit, or its lost try would be given back.
  const signed = await ctx.db.tx(async (tx) => {
    const at = ctx.clock.now();
    if (!(await tryCode(tx, { phone_index, code_hash, at }))) return undefined;
    const account = await accountOfPhone(tx, ctx, { phone, phone_index, at });
    const owner = accountOwner(account.id, account.elder_mode);
    const begun = { user_agent: input.user_agent, method: 'code' } as const;
    const session = await startSession(tx, ctx, owner, begun);
    if (account.opened)
      await appendEvents(tx, ctx, [
        {
          name: 'identity.account.opened',
          hospital_id: null,
          subject: `account:${account.id}`,
          version: 1,
          actor: `account:${account.id}`,
          payload: { account_id: account.id },
        },
      ]);
    return { ...session, account_id: account.id, opened: account.opened };
  });
  if (!signed) throw new Problem(codeWrong);
  return signed;
}

/** The account of a phone; a new one's number is sealed under the phone's own key. */
async function accountOfPhone(
  tx: Tx,
  ctx: CodeContext,
  { phone, phone_index, at }: { phone: string; phone_index: Uint8Array; at: Date },
): Promise<Account> {
  const known = await findAccount(tx, phone_index);
  if (known) return known;
  const id = newId(ctx);
  const key_id = phoneKeyId(phone_index);
  createPersonKeys(ctx, [key_id]);
  const sealed_phone = ctx.fields.sealFor(key_id, phone, sealedAs.account_phone);
  return openAccount(tx, { id, sealed_phone, phone_index, at });
}

/** The account as its owner sees it. @throws Problem identity/session-ended when it is gone. */
export async function readAccount(
  ctx: { db: Db; fields: FieldCrypto },
  account_id: string,
): Promise<{ account_id: string; phone_masked: string; elder_mode: boolean }> {
  const row = await readAccountPhone(ctx.db, account_id);
  if (row === undefined) throw new Problem(sessionEnded);
  const phone = ctx.fields.open(row.sealed_phone, sealedAs.account_phone);
  return { account_id, phone_masked: maskPhone(phone), elder_mode: row.elder_mode };
}

/** The phone of an account in clear, for sending a message to it; never for display. */
export async function accountPhone(
  db: Queryable,
  fields: FieldCrypto,
  account_id: string,
): Promise<string | undefined> {
  const row = await readAccountPhone(db, account_id);
  return row && fields.open(row.sealed_phone, sealedAs.account_phone);
}
