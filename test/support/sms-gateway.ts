import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSmsSandbox } from '../../src/notify/sandbox/sms.ts';

/** The sandbox gateway of docs/sms.md behind a real port, which can also keep people waiting. */
export async function smsGateway(options: { key: string; secret: string; now(): Date }) {
  const sandbox = createSmsSandbox(options);
  const pace = { slow_ms: 0, requests: 0 };
  const server = createServer(async (incoming, outgoing) => {
    pace.requests += 1;
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const headers = Object.entries(incoming.headers).map(
      ([k, v]) => [k, String(v)] as [string, string],
    );
    try {
      const reply = await sandbox.fetch('http://gateway.test/', {
        method: 'POST',
        headers,
        body: Buffer.concat(parts),
      });
      if (pace.slow_ms > 0) await new Promise((done) => setTimeout(done, pace.slow_ms).unref());
      outgoing.writeHead(reply.status).end(await reply.text());
    } catch {
      // The sandbox lost its answer: the line is cut.
      incoming.socket.destroy();
    }
  });
  const listen = (port: number): Promise<void> =>
    new Promise((done) => server.listen(port, '127.0.0.1', done));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return {
    ...{ taken: sandbox.taken, faults: sandbox.faults, pace, url: `http://127.0.0.1:${port}/` },
    /** Takes the port away, as when the gateway's machine is off. */
    close,
    open: () => listen(port),
  };
}
