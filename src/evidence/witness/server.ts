import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { plain, type Answer } from './request.ts';
import type { Witness } from './witness.ts';

/** Far above 63 proof lines and a checkpoint with many signatures. */
const BODY_BYTES_MAX = 65_536;
const REQUEST_MS_MAX = 10_000;

export type Listening = { url: string; close(): Promise<void> };

/** Serves a witness over HTTP on loopback, or on another `host` behind whatever ends TLS there. */
export async function serveWitness(
  witness: Witness,
  { port = 0, host = '127.0.0.1' }: { port?: number; host?: string } = {},
): Promise<Listening> {
  const server = createServer({ requestTimeout: REQUEST_MS_MAX }, (request, response) => {
    void answer(witness, request)
      // Nothing is signed then: a full disk, for instance.
      .catch(() => plain(500, 'This witness could not keep the checkpoint.'))
      .then((reply) => send(response, reply));
  });
  await listen(server, port, host);
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}

async function answer(witness: Witness, request: IncomingMessage): Promise<Answer> {
  const { method, url = '/' } = request;
  if (url === '/add-checkpoint') {
    if (method !== 'POST') return plain(405, 'Checkpoints are sent with POST.');
    const body = await readBody(request);
    return body === undefined
      ? plain(413, `A request has at most ${BODY_BYTES_MAX} bytes.`)
      : witness.addCheckpoint(body);
  }
  if (method !== 'GET') return plain(405, 'Only checkpoints are sent here.');
  if (url === '/') return { ...plain(200, ''), body: witness.about() };
  const hash = /^\/([0-9a-f]{64})\/checkpoint$/.exec(url)?.[1];
  return hash === undefined ? plain(404, 'There is nothing here.') : witness.lastCheckpoint(hash);
}

/** The body as text; undefined when it is too long. Bytes that are not UTF-8 make it malformed. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > BODY_BYTES_MAX) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  const headers = { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }; // prettier-ignore
  // What is left of a body that was too long is not read.
  if (status === 413) response.shouldKeepAlive = false;
  response.writeHead(status, headers).end(body);
}
