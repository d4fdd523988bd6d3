import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import architecture from '../architecture.cjs';
import { permissions, roles } from '../src/identity/index.ts';
import { session_cookie, signToken } from '../src/identity/session-token.ts';
import { newId } from '../src/platform/id.ts';
import type { Session } from '../src/platform/http.ts';
import { projectFolder } from '../src/platform/project.ts';
import { testApp, type TestApp } from './support/app.ts';
import { plainCallers, routeMatrix, type RouteAccess } from './support/route-matrix.ts';

const file = readFileSync(join(projectFolder, 'test/route-matrix.json'), 'utf8');
const matrix = JSON.parse(file) as Record<string, RouteAccess>;
let world: TestApp;

before(async () => {
  world = await testApp();
});
after(() => world.stop());

/** The signed cookie of a caller of the matrix. */
function cookieOf(caller: string): string | undefined {
  if (caller === 'anonymous') return undefined;
  const { ctx } = world;
  const now = Math.floor(ctx.clock.now().getTime() / 1000);
  const session_id = newId(ctx);
  const session: Session =
    caller === 'account'
      ? { kind: 'account', session_id, account_id: newId(ctx) }
      : {
          kind: 'staff',
          session_id,
          staff_id: newId(ctx),
          hospital_id: newId(ctx),
          roles: [caller],
        };
  return signToken(ctx.secrets, { ...session, issued_at: now, expires_at: now + 600 });
}

/** What the app answers this caller; ids are made up, so nobody let in finds anything. */
async function statusOf(route: string, caller: string): Promise<{ status: number; code: string }> {
  const [method = '', pattern = ''] = route.split(' ');
  const url = pattern.replaceAll(/:[a-z_]+|\*/g, '019a0000-0000-7000-8000-000000000000');
  const cookie = cookieOf(caller);
  const app = url.startsWith('/api/setup') ? world.plain : world.app;
  const reply = await app.inject({
    method: method as 'GET',
    url,
    headers: { 'x-requested-with': 'zhenghao', 'idempotency-key': 'matrix-test-key' },
    ...(cookie === undefined ? {} : { cookies: { [session_cookie]: cookie } }),
    ...(method === 'GET' ? {} : { payload: {} }),
  });
  const body = reply.headers['content-type']?.includes('json') ? reply.json() : {};
  return { status: reply.statusCode, code: String(body?.code ?? '') };
}

test('the checked-in matrix is that of the running app', () => {
  assert.deepEqual(routeMatrix(world.routes), matrix);
  assert.ok(Object.keys(matrix).length > 60);
});

test('a route without a row, or with another permission than its row, is noticed', () => {
  const config = { permission: 'staff.manage', schema: {} };
  const extra = [...world.routes, { method: 'POST', url: '/api/extra', ...config }];
  assert.notDeepEqual(routeMatrix(extra), routeMatrix(world.routes));
  const [first, ...others] = world.routes;
  assert.ok(first);
  const opened = [{ ...first, permission: 'audit.read' }, ...others];
  assert.notDeepEqual(routeMatrix(opened), routeMatrix(world.routes));
  assert.ok(Object.keys(routeMatrix(world.routes)).includes('POST /api/setup'));
});

test('every route has a known permission, a summary and its module as tag', () => {
  const known = new Set<string>(['public', 'account', 'signed-in', ...permissions]);
  const faults = world.routes.flatMap(({ method, url, permission, schema }) => {
    if (url === '/openapi.json') return [];
    const route = `${method} ${url}`;
    return [
      ...(known.has(permission) ? [] : [`${route}: permission ${permission}`]),
      ...(schema.summary ? [] : [`${route}: no summary`]),
      ...(schema.tags?.some((tag) => tag in architecture.modules) ? [] : [`${route}: no tag`]),
    ];
  });
  assert.deepEqual(faults, []);
});

test('every caller whom the matrix does not let in is refused by every route', async () => {
  const wrong: string[] = [];
  for (const [route, { allowed }] of Object.entries(matrix))
    for (const caller of [...plainCallers, ...roles]) {
      if (allowed.includes(caller)) continue;
      const { status, code } = await statusOf(route, caller);
      const expected =
        caller === 'anonymous' ? '401 platform/sign-in-first' : '403 platform/not-allowed';
      if (`${status} ${code}` !== expected) wrong.push(`${route} ${caller}: ${status} ${code}`);
    }
  assert.deepEqual(wrong, []);
});

test('whom the matrix lets in is not refused for lack of permission', async () => {
  const wrong: string[] = [];
  for (const [route, { permission, allowed }] of Object.entries(matrix)) {
    if (permission === 'public' || permission === 'signed-in') continue;
    for (const caller of allowed) {
      const { status, code } = await statusOf(route, caller);
      if (code === 'platform/not-allowed' || code === 'platform/sign-in-first' || status >= 500)
        wrong.push(`${route} ${caller}: ${status} ${code}`);
    }
  }
  assert.deepEqual(wrong, []);
});
