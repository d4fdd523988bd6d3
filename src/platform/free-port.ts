import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/**
 * A port on which nobody listens: the one that is asked for, or with 0 any.
 * @throws Error EADDRINUSE when somebody listens on the one that is asked for.
 */
export async function freePort(where = { host: '127.0.0.1', port: 0 }): Promise<number> {
  const server = createServer();
  server.listen(where);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
