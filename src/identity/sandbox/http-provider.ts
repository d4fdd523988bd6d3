import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/id.ts';
import { systemRandom } from '../../platform/random.ts';
import type { Random } from '../../platform/random.ts';
import { REAL_NAME_OUTCOMES } from '../real-name.ts';
import type {
  CredentialQuery,
  RealNameProvider,
  RealNameQuery,
  RealNameResult,
} from '../real-name.ts';
import { isSignedBody, signBody } from './signature.ts';

export type HttpRealNameOptions = {
  /** Shown as the source of results. */
  name: string;
  /** Where the authority answers, e.g. `https://authority.example`. */
  baseUrl: string;
  secret: Uint8Array;
  clock: Clock;
  random?: Random;
  timeoutMs?: number;
};

const TIMEOUT_MS = 3_000;

type Exchange = { requestId: string; response: Response; body: string };

type Message = { path: string; fields: RealNameQuery | CredentialQuery };

async function send(options: HttpRealNameOptions, { path, fields }: Message): Promise<Exchange> {
  const { clock, random = systemRandom, timeoutMs = TIMEOUT_MS } = options;
  const requestId = newId({ clock, random });
  const time = String(clock.now().getTime());
  const body = JSON.stringify(fields);
  const parts = { direction: 'request', requestId, time } as const;
  const response = await fetch(new URL(path, options.baseUrl), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-request-id': requestId,
      'x-request-time': time,
      'x-signature': signBody(options.secret, parts, body),
    },
    body,
    // A redirect would carry names and numbers to a place nobody configured.
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { requestId, response, body: await response.text() };
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

/** Once more after a broken connection, as a new message; a time-out has used up the patience. */
async function sendWithRetry(
  options: HttpRealNameOptions,
  message: Message,
): Promise<Exchange | undefined> {
  for (let attempt = 1; attempt <= 2; attempt++) {
    try {
      return await send(options, message);
    } catch (error) {
      if (isTimeout(error)) return undefined;
    }
  }
  return undefined;
}

function isAuthentic(secret: Uint8Array, { requestId, response, body }: Exchange): boolean {
  const time = response.headers.get('x-request-time') ?? '';
  const signature = response.headers.get('x-signature') ?? '';
  return isSignedBody(secret, { direction: 'response', requestId, time }, body, signature);
}

function readAnswer(body: string, source: string): RealNameResult | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { result, reference, checkedAt, phone } = value as Record<string, unknown>;
  const outcome = REAL_NAME_OUTCOMES.find((known) => known === result);
  if (!outcome || typeof reference !== 'string' || typeof checkedAt !== 'string') return undefined;
  const instant = new Date(checkedAt);
  if (Number.isNaN(instant.getTime())) return undefined;
  const holder = (['match', 'mismatch', 'unknown'] as const).find((known) => known === phone);
  const answer = { result: outcome, source, checkedAt: instant, reference };
  return holder === undefined ? answer : { ...answer, phone: holder };
}

/**
 * Asks an authority that speaks the contract of `buildSandboxAuthorityApp`. Any failure (network,
 * time-out, refusal, an answer that is unsigned or not understood) is `unavailable`, never an
 * error: its message could quote a name or a number. Nothing is logged here.
 */
export function createHttpRealNameProvider(options: HttpRealNameOptions): RealNameProvider {
  const { name, clock, secret } = options;
  const ask = async (message: Message): Promise<RealNameResult> => {
    const exchange = await sendWithRetry(options, message);
    const trusted = exchange?.response.status === 200 && isAuthentic(secret, exchange);
    const answer = trusted ? readAnswer(exchange.body, name) : undefined;
    const reference = exchange?.requestId ?? '';
    return answer ?? { result: 'unavailable', source: name, checkedAt: clock.now(), reference };
  };
  return {
    name,
    check: ({ name: person, documentType, documentNumber, phone }) =>
      ask({
        path: '/v1/real-name-checks',
        fields: {
          ...{ name: person, documentType, documentNumber },
          ...(phone === undefined ? {} : { phone }),
        },
      }),
    checkCredential: ({ name: person, documentType, documentNumber, credential }) =>
      ask({
        path: '/v1/credential-checks',
        fields: { name: person, documentType, documentNumber, credential },
      }),
  };
}
