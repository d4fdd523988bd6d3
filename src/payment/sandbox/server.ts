import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Asked = {
  method: string;
  /** Path and query, as sent. */
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
};
export type Answer = {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
};
/** How an answer gets lost after the work was done. */
export type Loss = 'cut' | 'hang';

/**
 * A server on loopback for a sandbox. It never keeps the process alive. An address from before is
 * used again where it is still free, so that codes already shown keep leading somewhere.
 */
export async function serveSandbox(
  port: number,
  handle: (asked: Asked) => Promise<Answer>,
  nextLoss: () => Loss | undefined,
): Promise<{ port: number; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const { method = 'GET', url = '/', headers } = request;
      const answer = await handle({ method, url, headers, body: Buffer.concat(parts).toString() });
      const loss = nextLoss();
      if (loss === 'hang') return;
      if (loss === 'cut') request.socket.destroy();
      else response.writeHead(answer.status, answer.headers).end(answer.body);
    })().catch(() => {
      response.writeHead(500).end();
    });
  });
  server.unref();
  const listen = (on: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(on, '127.0.0.1', resolve);
    });
  await listen(port).catch(() => listen(0));
  server.on('connection', (socket) => socket.unref());
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
