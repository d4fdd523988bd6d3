import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { freePort } from './free-port.ts';

/** At a release thousands connect in one second; the system's own limit (somaxconn) may be lower. */
const backlog_max = 4096;

/**
 * Node accepts one connection a turn of its loop from each socket that listens. While a crowd is served
 * a turn takes a tenth of a second, and whoever connects then would wait behind those who came before
 * until these have gone; with this many sockets they are all heard within a few turns.
 */
const sockets_max = 32;

type Where = { host: string; port: number };

/**
 * Listens on one port with many sockets, among which the system shares out those who connect; with one
 * socket where the system cannot share (macOS).
 * @returns what ends the listening; the app itself is closed by whoever made it.
 * @throws Error EADDRINUSE when somebody listens there, be it another copy of this server.
 */
export async function listenWide(
  app: Pick<FastifyInstance, 'listen' | 'server'>,
  where: Where,
): Promise<() => Promise<void>> {
  // Sockets that share a port do not say when another copy of this server shares it too; one alone does.
  const port = await freePort(where);
  const isShared = process.platform === 'linux';
  const shared = { host: where.host, port, backlog: backlog_max, reusePort: isShared };
  await app.listen(shared);
  if (!isShared) return async () => undefined;
  // As the app's own socket makes them: half open for HTTP, which says itself when it is over.
  const options = { allowHalfOpen: !('setTicketKeys' in app.server), noDelay: true };
  const more: Server[] = [];
  for (let n = 1; n < sockets_max; n++) {
    const server = createServer(options, (socket) => app.server.emit('connection', socket));
    more.push(server);
    server.listen(shared);
    await once(server, 'listening');
  }
  return async () => {
    await Promise.all(more.map((server) => new Promise((closed) => server.close(closed))));
  };
}
