import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import Fastify from 'fastify';
import { listenWide } from './listen.ts';

const host = '127.0.0.1';

type Web = { port: number; stop(): Promise<void> };

/** A server that thinks for a moment about each request, listened to in one of two ways. */
async function web(how: 'wide' | 'plain', port = 0): Promise<Web> {
  const app = Fastify({ logger: false });
  app.get('/', () => {
    const until = performance.now() + 0.1;
    while (performance.now() < until);
    return 'ok';
  });
  const more =
    how === 'wide'
      ? await listenWide(app, { host, port })
      : await app.listen({ host, port, backlog: 4096 }).then(() => async () => undefined);
  return {
    port: (app.server.address() as AddressInfo).port,
    stop: async () => {
      const deaf = more();
      await app.close();
      await deaf;
    },
  };
}

/** People who connect at once and ask again and again: how many answers there were until all had one. */
async function answersUntilAllAreHeard(port: number, people: number): Promise<number> {
  let answers = 0;
  let unheard = people;
  await Promise.all(
    Array.from({ length: people }, async () => {
      const socket = connect({ host, port });
      await once(socket, 'connect');
      const ask = () => socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
      await new Promise<void>((done) => {
        let isHeard = false;
        socket.on('data', () => {
          if (unheard > 0) answers++;
          if (!isHeard) unheard--;
          isHeard = true;
          if (unheard > 0) ask();
          else socket.destroy();
        });
        socket.on('close', () => done());
        ask();
      });
    }),
  );
  return answers;
}

test('whoever connects while a crowd is served is heard within a few rounds', async () => {
  const people = 200;
  const answers = { wide: 0, plain: 0 };
  for (const how of ['wide', 'plain'] as const) {
    const { port, stop } = await web(how);
    answers[how] = await answersUntilAllAreHeard(port, people);
    await stop();
  }
  assert.ok(answers.wide < people * 40, `${answers.wide} answers until all were heard`);
  assert.ok(answers.wide * 3 < answers.plain, `${answers.wide}, not wide: ${answers.plain}`);
});

test('a port that another copy shares is in use all the same, and free when that copy has stopped', async () => {
  const first = await web('wide');
  await assert.rejects(web('wide', first.port), { code: 'EADDRINUSE' });
  await first.stop();
  const socket = connect({ host, port: first.port });
  const [error] = await once(socket, 'error');
  assert.equal(error.code, 'ECONNREFUSED');
  await (await web('wide', first.port)).stop();
});
