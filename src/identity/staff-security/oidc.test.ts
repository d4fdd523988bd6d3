import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  startIdentityProvider,
  type IdentityProvider,
} from '../../../test/support/identity-provider.ts';
import { identityWorld, type IdentityWorld } from '../../../test/support/identity.ts';
import { readConfig } from '../../platform/config.ts';
import { sql } from '../../platform/sql.ts';
import { createStaff, disableStaff } from '../staff.ts';
import { beginOidc, finishOidc, type OidcContext } from './oidc.ts';
import type { SignInOutcome } from './proceed.ts';

const redirect_url = 'http://127.0.0.1:8080/api/staff/oidc/callback';
const password = 'correct-horse-battery';
let world: IdentityWorld;
let provider: IdentityProvider;
let ctx: OidcContext;
let networks = 0;
const from = () => ({ ip: `10.8.0.${++networks}`, user_agent: 'test' });

before(async () => {
  world = await identityWorld('oidc');
  provider = await startIdentityProvider();
  const { issuer, client_id, client_secret } = provider;
  const oidc = {
    issuer,
    client_id,
    client_secret,
    redirect_url,
    username_claim: 'preferred_username',
  };
  ctx = { ...world.ctx, config: { demo: false, oidc } };
  for (const [username, role] of [
    ['wang', 'doctor'],
    ['li', 'doctor'],
    ['chief', 'registration_manager'],
    ['leaver', 'doctor'],
  ] as const)
    await createStaff(world.ctx, {
      ...{ hospital_id: null, username, display_name: '测试员工', password, roles: [role] },
      must_change_password: true,
      actor: 'test',
    });
});
after(async () => {
  await provider.stop();
  await world.stop();
});

const is = (code: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, code, String(error)) ?? true;
const refused = is('identity/oidc-refused');

/** A person goes to the provider and comes back; what the browser kept and where it was sent to. */
async function visit(
  person: Record<string, unknown>,
  tampering: IdentityProvider['tampering'] = {},
) {
  Object.assign(provider, { person, tampering });
  const { url, cookie } = await beginOidc(ctx);
  const back = await provider.authorise(url);
  assert.ok(back.startsWith(`${redirect_url}?`), back);
  return { cookie, query: back.slice(redirect_url.length) };
}
const comeBack = (visited: { cookie: string; query: string }): Promise<SignInOutcome> =>
  finishOidc(ctx, { ...visited, ...from() });

test('a person is linked by name at the first sign-in and found by subject afterwards', async () => {
  const first = await comeBack(await visit({ sub: 'p-1', preferred_username: 'Wang' }));
  assert.ok(first.step === 'done', 'the given password was not used, so it is not asked to change');
  assert.deepEqual(first.staff.roles, ['doctor']);
  const again = await comeBack(await visit({ sub: 'p-1', preferred_username: 'renamed' }));
  assert.ok(again.step === 'done');
  assert.equal(again.staff.id, first.staff.id);
});

test('roles in a token mean nothing, and a second identity cannot take a linked name', async () => {
  const claims = { roles: ['system_admin'], groups: ['admins'], role: 'audit_admin' };
  const done = await comeBack(await visit({ sub: 'p-1', preferred_username: 'wang', ...claims }));
  assert.ok(done.step === 'done');
  assert.deepEqual(done.staff.roles, ['doctor']);
  const unlinked = is('identity/oidc-unlinked');
  await assert.rejects(comeBack(await visit({ sub: 'p-2', preferred_username: 'wang' })), unlinked);
  await assert.rejects(comeBack(await visit({ sub: 'p-3' })), unlinked);
  await assert.rejects(
    comeBack(await visit({ sub: 'p-4', preferred_username: 'nobody' })),
    unlinked,
  );
});

test('a return that is repeated is refused, also by us when the provider forgets', async () => {
  const visited = await visit({ sub: 'p-1' });
  await comeBack(visited);
  await assert.rejects(comeBack(visited), refused);
  const forgetful = await visit({ sub: 'p-1' }, { forgetful: true });
  await comeBack(forgetful);
  await assert.rejects(comeBack(forgetful), refused);
});

test('control: without our memory of flows a forgetful provider lets a return in twice', async () => {
  const visited = await visit({ sub: 'p-1' }, { forgetful: true });
  await comeBack(visited);
  await world.ctx.db.run(sql`update identity.oidc_flow set used_at = null`);
  assert.equal((await comeBack(visited)).step, 'done');
});

test('another’s return, an altered state, no cookie, and a late return are refused', async () => {
  const victim = await visit({ sub: 'p-1' });
  const attacker = await visit({ sub: 'p-9', preferred_username: 'li' });
  await assert.rejects(comeBack({ cookie: victim.cookie, query: attacker.query }), refused);
  const altered = await visit({ sub: 'p-1' });
  await assert.rejects(
    comeBack({ ...altered, query: altered.query.replace(/state=[^&]+/, 'state=other') }),
    refused,
  );
  const bare = await visit({ sub: 'p-1' });
  await assert.rejects(
    finishOidc(ctx, { query: bare.query, cookie: undefined, ...from() }),
    refused,
  );
  await assert.rejects(comeBack({ ...bare, cookie: 'AAAA' }), refused);
  const late = await visit({ sub: 'p-1' });
  world.pass(11);
  await assert.rejects(comeBack(late), refused);
});

test('tokens of another issuer, for another audience, with another nonce, old, or foreign are refused', async () => {
  const past = Math.floor(Date.now() / 1000) - 3600;
  for (const claims of [
    { iss: 'https://idp.example.org' },
    { aud: 'another-client' },
    { nonce: 'another-nonce' },
    { nonce: undefined },
    { exp: past, iat: past - 60 },
    { sub: undefined },
  ])
    await assert.rejects(
      comeBack(await visit({ sub: 'p-1' }, { claims })),
      refused,
      JSON.stringify(claims),
    );
  await assert.rejects(comeBack(await visit({ sub: 'p-1' }, { foreignKey: true })), refused);
  assert.equal((await comeBack(await visit({ sub: 'p-1' }))).step, 'done', 'control: untampered');
});

test('who needs a second factor still does, unless the provider vouches for one', async () => {
  const person = { sub: 'p-chief', preferred_username: 'chief' };
  assert.equal((await comeBack(await visit(person))).step, 'enrol');
  assert.equal((await comeBack(await visit({ ...person, amr: ['pwd'] }))).step, 'enrol');
});

test('a disabled person is no longer let in by the provider', async () => {
  const person = { sub: 'p-leaver', preferred_username: 'leaver' };
  const done = await comeBack(await visit(person));
  assert.ok(done.step === 'done');
  const staff_id = done.staff.id;
  await disableStaff(world.ctx, { staff_id, hospital_id: null, by_staff_id: 'another' });
  await assert.rejects(comeBack(await visit(person)), is('identity/oidc-unlinked'));
});

test('without a provider the routes say so; half a configuration is refused at start', async () => {
  await assert.rejects(beginOidc(world.ctx), is('identity/oidc-off'));
  assert.throws(() => readConfig({ OIDC_ISSUER: 'https://idp.example.org' }), /go together/);
  const all = { OIDC_CLIENT_ID: 'a', OIDC_CLIENT_SECRET: 'b', OIDC_REDIRECT_URL: redirect_url };
  assert.throws(() => readConfig({ ...all, OIDC_ISSUER: 'http://idp.example.org' }), /https/);
  assert.equal(readConfig({ ...all, OIDC_ISSUER: 'https://idp.example.org' }).oidc?.client_id, 'a');
});
