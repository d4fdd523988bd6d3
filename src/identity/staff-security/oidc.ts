import { createHash } from 'node:crypto';
import * as client from 'openid-client';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { OidcConfig } from '../../platform/oidc-config.ts';
import { beginAttempt, type From, type SignInContext } from './attempt.ts';
import { oidcOff, oidcRefused, oidcUnavailable, oidcUnlinked } from './errors.ts';
import { proceed, type SignInOutcome } from './proceed.ts';
import { finishFlow, linkByUsername, linkedStaff, startFlow } from './store.ts';

/** What a browser keeps between leaving for the identity provider and coming back. */
export const oidc_cookie = 'zh_oidc';
export const oidc_minutes_max = 10;
const flowPlace = 'identity.oidc_flow';

export type OidcContext = Omit<SignInContext, 'config'> & {
  config: { demo: boolean; oidc?: OidcConfig | undefined };
  network?: typeof fetch;
};

const known = new WeakMap<OidcConfig, Promise<client.Configuration>>();

/** What the provider says of itself, asked for once; a failure is asked for again. */
async function provider(
  ctx: OidcContext,
): Promise<{ config: client.Configuration; ours: OidcConfig }> {
  const ours = ctx.config.oidc;
  if (!ours) throw new Problem(oidcOff);
  const { network } = ctx;
  let asked = known.get(ours);
  if (!asked) {
    const insecure = new URL(ours.issuer).protocol === 'http:'; // this machine itself only
    asked = client.discovery(new URL(ours.issuer), ours.client_id, ours.client_secret, undefined, {
      execute: [
        // By itself the library believes the provider's TLS and does not look at the token's signature.
        client.enableNonRepudiationChecks,
        ...(insecure ? [client.allowInsecureRequests] : []),
      ],
      ...(network
        ? { [client.customFetch]: (url: string, options: object) => network(url, options) }
        : {}),
      timeout: 10,
    });
    known.set(ours, asked);
    asked.catch(() => known.delete(ours));
  }
  try {
    return { config: await asked, ours };
  } catch (cause) {
    throw Object.assign(new Problem(oidcUnavailable, {}, { retryAfterSeconds: 30 }), { cause });
  }
}

type Flow = { state: string; nonce: string; verifier: string };

/** Sends somebody to the provider: where to, and what their browser keeps (sealed) for the way back. */
export async function beginOidc(ctx: OidcContext): Promise<{ url: string; cookie: string }> {
  const { config, ours } = await provider(ctx);
  const flow: Flow = {
    state: client.randomState(),
    nonce: client.randomNonce(),
    verifier: client.randomPKCECodeVerifier(),
  };
  await startFlow(ctx.db, stateHash(flow.state), ctx.clock.now());
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: ours.redirect_url,
    scope: 'openid profile',
    code_challenge: await client.calculatePKCECodeChallenge(flow.verifier),
    code_challenge_method: 'S256',
    state: flow.state,
    nonce: flow.nonce,
  });
  const cookie = Buffer.from(ctx.fields.seal(JSON.stringify(flow), flowPlace)).toString(
    'base64url',
  );
  return { url: url.href, cookie };
}

function stateHash(state: string): Uint8Array {
  return createHash('sha256').update(state).digest();
}

function readFlow(ctx: OidcContext, cookie: string | undefined): Flow | undefined {
  try {
    return JSON.parse(ctx.fields.open(Buffer.from(cookie ?? '', 'base64url'), flowPlace)) as Flow;
  } catch {
    return undefined;
  }
}

/**
 * Takes somebody back from the provider. Who they are comes from the ID token, what they may do from
 * our own account only; a provider that vouches for a second factor (`amr`) is believed.
 * @param input.query what the address of the return carries, from its question mark on
 * @throws Problem identity/oidc-refused for a forged, foreign, late or repeated return; oidc-unlinked;
 *   oidc-unavailable.
 */
export async function finishOidc(
  ctx: OidcContext,
  input: From & { query: string; cookie: string | undefined },
): Promise<SignInOutcome> {
  const { config, ours } = await provider(ctx);
  const flow = readFlow(ctx, input.cookie);
  if (!flow) throw new Problem(oidcRefused);
  const at = ctx.clock.now();
  // Once, whatever the provider thinks of a repeated code.
  if (!(await finishFlow(ctx.db, stateHash(flow.state), at, oidc_minutes_max)))
    throw new Problem(oidcRefused);
  const claims = await claimsOf(config, new URL(`${ours.redirect_url}${input.query}`), flow);
  const identity = { issuer: claims.iss, subject: claims.sub };
  const linked =
    (await linkedStaff(ctx.db, identity.issuer, identity.subject)) ??
    (await link(ctx, ours, { ...identity, claims }));
  if (!linked) throw new Problem(oidcUnlinked);
  // A locked account stays locked whichever door is tried.
  const { member } = await beginAttempt(ctx, linked.username, input);
  if (!member) throw new Problem(oidcRefused);
  const second = vouched(claims.amr) ? ('totp' as const) : null;
  const { staff_id, username } = linked;
  return proceed(ctx, { staff_id, username, first: 'oidc', second }, input);
}

async function claimsOf(
  config: client.Configuration,
  url: URL,
  flow: Flow,
): Promise<client.IDToken> {
  try {
    const tokens = await client.authorizationCodeGrant(config, url, {
      pkceCodeVerifier: flow.verifier,
      expectedState: flow.state,
      expectedNonce: flow.nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims) return claims;
  } catch (cause) {
    throw Object.assign(new Problem(oidcRefused), { cause });
  }
  throw new Problem(oidcRefused);
}

/** The first time, an identity is linked by the configured claim to a user who has no other. */
async function link(
  ctx: OidcContext,
  ours: OidcConfig,
  identity: { issuer: string; subject: string; claims: client.IDToken },
): Promise<{ staff_id: string; username: string } | undefined> {
  const name = ours.username_claim && identity.claims[ours.username_claim];
  if (typeof name !== 'string' || name === '') return undefined;
  const { issuer, subject } = identity;
  const username = name.trim().toLowerCase();
  return ctx.db.tx(async (tx) => {
    const linked = await linkByUsername(tx, { issuer, subject, username, at: ctx.clock.now() });
    if (!linked) return undefined;
    const { staff_id, version, hospital_id } = linked;
    await appendEvents(tx, ctx, [
      {
        name: 'identity.staff.oidc-linked',
        hospital_id,
        subject: `staff:${staff_id}`,
        version,
        actor: `staff:${staff_id}`,
        payload: { staff_id },
      },
    ]);
    return linked;
  });
}

/** Whether the provider says that more than a password was asked for (RFC 8176). */
function vouched(amr: unknown): boolean {
  const strong = new Set(['mfa', 'otp', 'hwk', 'sc', 'swk']);
  return Array.isArray(amr) && amr.some((one) => typeof one === 'string' && strong.has(one));
}
