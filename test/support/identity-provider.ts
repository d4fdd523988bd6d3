import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a test changes about the tokens of the next sign-ins. */
export type Tampering = {
  claims?: Record<string, unknown>;
  /** Signs with a key that the provider does not publish. */
  foreignKey?: true;
  /** Gives a code out again when it comes back: a provider that forgets. */
  forgetful?: true;
};

export type IdentityProvider = {
  issuer: string;
  client_id: string;
  client_secret: string;
  /** Who is at the browser, and what goes wrong. */
  person: Record<string, unknown>;
  tampering: Tampering;
  /** Follows an authorisation address as a browser would; gives where it is sent back to. */
  authorise(url: string): Promise<string>;
  stop(): Promise<void>;
};

type Grant = { nonce: string; challenge: string; redirect_uri: string; used: boolean };

const base64url = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** An identity provider on this machine that speaks OpenID Connect: discovery, code flow, PKCE, RS256. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const grants = new Map<string, Grant>();
  const made: IdentityProvider = {
    issuer: '',
    client_id: 'zhenghao',
    client_secret: 'a-secret-of-the-test',
    person: { sub: 'person-1' },
    tampering: {},
    authorise: async (url) => {
      const reply = await fetch(url, { redirect: 'manual' });
      return reply.headers.get('location') ?? '';
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  const server = createServer((request, reply) => {
    answer(made, { keys, foreign: foreign.privateKey, grants }, request, reply).catch(() => {
      reply.statusCode = 500;
      reply.end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  made.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return made;
}

type Inside = {
  keys: { publicKey: KeyObject; privateKey: KeyObject };
  foreign: KeyObject;
  grants: Map<string, Grant>;
};

async function answer(
  made: IdentityProvider,
  inside: Inside,
  request: IncomingMessage,
  reply: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', made.issuer);
  const json = (status: number, body: object): void => {
    reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (url.pathname === '/.well-known/openid-configuration') json(200, describe(made.issuer));
  else if (url.pathname === '/jwks') {
    const jwk = createPublicKey(inside.keys.privateKey).export({ format: 'jwk' });
    json(200, { keys: [{ ...jwk, kid: 'one', use: 'sig', alg: 'RS256' }] });
  } else if (url.pathname === '/authorize') {
    const ask = url.searchParams;
    const code = crypto.randomUUID();
    const redirect_uri = ask.get('redirect_uri') ?? '';
    const challenge = ask.get('code_challenge') ?? '';
    inside.grants.set(code, {
      nonce: ask.get('nonce') ?? '',
      challenge,
      redirect_uri,
      used: false,
    });
    const back = new URL(redirect_uri);
    back.searchParams.set('code', code);
    back.searchParams.set('state', ask.get('state') ?? '');
    reply.writeHead(302, { location: back.href }).end();
  } else if (url.pathname === '/token') {
    const { status, body } = exchange(made, inside, request, await read(request));
    json(status, body);
  } else json(404, {});
}

function describe(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  };
}

async function read(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return new URLSearchParams(text);
}

/** A code for tokens, once, from the client that asked, with the verifier of its challenge. */
function exchange(
  made: IdentityProvider,
  inside: Inside,
  request: IncomingMessage,
  form: URLSearchParams,
): { status: number; body: object } {
  const refuse = (error: string) => ({ status: 400, body: { error } });
  const basic = Buffer.from(
    (request.headers.authorization ?? '').replace(/^Basic /, ''),
    'base64',
  ).toString();
  const given = basic === '' ? `${form.get('client_id')}:${form.get('client_secret')}` : basic;
  if (decodeURIComponent(given) !== `${made.client_id}:${made.client_secret}`)
    return refuse('invalid_client');
  const grant = inside.grants.get(form.get('code') ?? '');
  if (!grant || (grant.used && !made.tampering.forgetful)) return refuse('invalid_grant');
  grant.used = true;
  const hash = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  if (hash !== grant.challenge || form.get('redirect_uri') !== grant.redirect_uri)
    return refuse('invalid_grant');
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    ...{ iss: made.issuer, aud: made.client_id, iat: now, exp: now + 300, nonce: grant.nonce },
    ...made.person,
    ...made.tampering.claims,
  };
  const head = base64url({ alg: 'RS256', kid: 'one', typ: 'JWT' });
  const key = made.tampering.foreignKey ? inside.foreign : inside.keys.privateKey;
  const signed = `${head}.${base64url(claims)}`;
  const id_token = `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
  return { status: 200, body: { access_token: 'unused', token_type: 'Bearer', id_token } };
}
