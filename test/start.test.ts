import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { testCluster } from './support/cluster.ts';
import { dataFolder, startServerProcess } from './support/server.ts';

const folders: { remove(): void }[] = [];
after(() => folders.forEach((folder) => folder.remove()));
function folder(): string {
  const made = dataFolder();
  folders.push(made);
  return made.path;
}

test('one command brings up the product, prints addresses and demo sign-ins, and SIGTERM stops it cleanly', async () => {
  const path = folder();
  writeFileSync(join(path, 'something-else.txt'), 'a folder may hold other files');
  const server = await startServerProcess(path);
  for (const part of ['/console/', '/openapi.json', '/log/checkpoint', 'zhenghao-demo', 'clerk'])
    assert.ok(server.output().includes(part), part);
  const info = (await (await fetch(`${server.url}/api/info`)).json()) as { demo: boolean };
  assert.equal(info.demo, true);
  const hospitals = await (await fetch(`${server.url}/api/hospitals`)).text();

  await assert.rejects(startServerProcess(path), /another|already|in use|running/i);

  assert.equal(await server.stop(), 0);
  assert.equal(
    existsSync(join(path, 'postgres/postmaster.pid')),
    false,
    'the database stopped too',
  );
  assert.equal(readFileSync(join(path, 'something-else.txt'), 'utf8').length > 0, true);

  const again = await startServerProcess(path);
  assert.equal(await (await fetch(`${again.url}/api/hospitals`)).text(), hospitals);
  assert.equal(await again.stop(), 0);
});

test('outside the demo the terminal shows a code, and the first administrator is made with it once', async () => {
  const cluster = await testCluster();
  const server = await startServerProcess(folder(), { DATABASE_URL: cluster.url });
  assert.doesNotMatch(server.output(), /zhenghao-demo/);
  const code = /enter the code (\S+)/.exec(server.output())?.[1];
  assert.ok(code, server.output());
  const set = (body: object) =>
    fetch(`${server.url}/api/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const first = {
    code,
    username: 'chief',
    display_name: '管理员',
    password: 'a long pass phrase 1',
  };
  assert.equal((await set({ ...first, code: 'WRONG123' })).ok, false);
  assert.equal((await set(first)).ok, true);
  assert.equal((await set({ ...first, username: 'second' })).ok, false);
  for (const url of ['/api/demo', '/api/demo/outbox'])
    assert.equal((await fetch(`${server.url}${url}`)).status, 404, url);
  assert.equal(await server.stop(), 0);
  await cluster.stop();
});

test('a faulty configuration stops the start with every fault in words', async () => {
  await assert.rejects(
    startServerProcess(folder(), { HOST: '0.0.0.0', DEMO: 'perhaps' }),
    /DEMO must be 0 or 1.*[\s\S]*TLS_CERT/,
  );
});

test('an external database that does not answer is reported, not waited for', async () => {
  await assert.rejects(
    startServerProcess(folder(), { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' }),
    /ended with 1/,
  );
});
