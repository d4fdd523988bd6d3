import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';

// The load generator: a process of its own that sends ready requests over keep-alive connections, one
// at a time each, until they are used up or the time is over. It talks to 127.0.0.1 only. Whoever is
// asked to come back later (503 with Retry-After) does so then, with the same request, as the page does.
// All connections are made at once and heard once before the clock starts, as those of open pages are;
// how long that took is told apart.

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    requests: { type: 'string' },
    acknowledged: { type: 'string' },
    connections: { type: 'string' },
    seconds: { type: 'string' },
    'warm-port': { type: 'string' },
  },
});

const hello = Buffer.from('GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
const head_end = Buffer.from('\r\n\r\n');
const length_of = Buffer.from('content-length: ');
const back_of = Buffer.from('"retry_after_ms":');
const id_of = Buffer.from('"appointment_id":"');
const requests = unpack(readFileSync(values.requests ?? ''));
const connections = Number(values.connections);
let accepted_ms: number[] = [];
/** From the first time of asking, with the times of waiting to come back. */
let asked_ms: number[] = [];
let acknowledged: string[] = [];
let statuses: Record<string, number> = {};
let next = 0;

// This process runs itself warm against a server that does nothing: its own first steps are slow, and
// would count as the product's.
const warm = await open(Number(values['warm-port']));
await load(warm.made, 0.7);
accepted_ms = [];
asked_ms = [];
acknowledged = [];
statuses = {};
next = 0;
const { made, heard_ms } = await open(Number(values.port));
const started = performance.now();
await load(made, Number(values.seconds));
const elapsed_s = (performance.now() - started) / 1000;
writeFileSync(values.acknowledged ?? '', acknowledged.join('\n'));
accepted_ms.sort((a, b) => a - b);
asked_ms.sort((a, b) => a - b);
const at = (times: number[], share: number): number =>
  times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
console.log(
  JSON.stringify({
    elapsed_s,
    statuses,
    accepted: accepted_ms.length,
    p50: at(accepted_ms, 0.5),
    p99: at(accepted_ms, 0.99),
    asked_p99: at(asked_ms, 0.99),
    heard_p99: at(heard_ms, 0.99),
  }),
);

function unpack(file: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let from = 0; from < file.length;) {
    const length = file.readUInt32BE(from);
    found.push(file.subarray(from + 4, from + 4 + length));
    from += 4 + length;
  }
  return found;
}

type Connection = { send(request: Buffer, heard: (reply: Reply) => void): void; end(): void };

function connectTo(port: number): Connection {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  const fail = (error: Error): never => {
    throw error;
  };
  socket.on('error', fail);
  socket.on('end', () => fail(new Error('the server closed a connection')));
  let hear: (reply: Reply) => void = () => undefined;
  let bytes = Buffer.alloc(0);
  socket.on('data', (piece) => {
    bytes = bytes.length === 0 ? piece : Buffer.concat([bytes, piece]);
    const reply = wholeReply(bytes);
    if (!reply) return;
    bytes = Buffer.alloc(0);
    hear(reply);
  });
  return {
    send: (request, heard) => {
      hear = heard;
      socket.write(request);
    },
    end: () => socket.destroy(),
  };
}

/** Connects all at once; each asks for something small and has its answer after so long. */
async function open(port: number): Promise<{ made: Connection[]; heard_ms: number[] }> {
  const asked_at = performance.now();
  const heard_ms: number[] = [];
  const made = Array.from({ length: connections }, () => connectTo(port));
  const hearing = made.map(
    (connection) => new Promise((resolve) => connection.send(hello, resolve)),
  );
  for (const heard of hearing) void heard.then(() => heard_ms.push(performance.now() - asked_at));
  await Promise.all(hearing);
  heard_ms.sort((a, b) => a - b);
  return { made, heard_ms };
}

async function load(made: readonly Connection[], seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1000;
  await Promise.all(made.map((connection) => run(connection, until)));
}

/** One connection's life. */
function run(connection: Connection, until: number): Promise<void> {
  return new Promise((resolve) => {
    let asked_at = 0;
    let sent_at = 0;
    let request: Buffer | undefined;
    const send = (): void => {
      sent_at = performance.now();
      if (sent_at < until && request) return connection.send(request, heard);
      connection.end();
      resolve();
    };
    const sendNext = (): void => {
      request = requests[next++];
      asked_at = performance.now();
      send();
    };
    const heard = (reply: Reply): void => {
      const now = performance.now();
      note(reply, { took_ms: now - sent_at, since_asked_ms: now - asked_at });
      if (reply.back_ms === undefined) sendNext();
      // Whoever is still waiting when the time is over has not been served, and keeps nobody waiting.
      else setTimeout(send, Math.max(1, Math.min(reply.back_ms, until - now)));
    };
    sendNext();
  });
}

type Reply = { status: string; bytes: Buffer; back_ms: number | undefined };

/**
 * The reply when all of it is there; the server always tells its length. Looked for in the bytes: what
 * this process spends is not left for the server.
 */
function wholeReply(bytes: Buffer): Reply | undefined {
  const end = bytes.indexOf(head_end);
  if (end < 0) return undefined;
  const length = numberAfter(bytes, length_of) ?? 0;
  if (bytes.length < end + 4 + length) return undefined;
  const status = bytes.toString('latin1', 9, 12);
  if (status !== '503') return { status, bytes, back_ms: undefined };
  return { status, bytes, back_ms: numberAfter(bytes, back_of) ?? 1000 };
}

/** The decimal number that follows a name, if the name is there. */
function numberAfter(bytes: Buffer, name: Buffer): number | undefined {
  let at = bytes.indexOf(name);
  if (at < 0) return undefined;
  let number = 0;
  for (at += name.length; isDigit(bytes[at]); at++)
    number = number * 10 + (bytes[at] as number) - 48;
  return number;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

function note(
  { status, bytes }: Reply,
  { took_ms, since_asked_ms }: { took_ms: number; since_asked_ms: number },
): void {
  statuses[status] = (statuses[status] ?? 0) + 1;
  if (status !== '200') return;
  accepted_ms.push(took_ms);
  asked_ms.push(since_asked_ms);
  const at = bytes.indexOf(id_of);
  if (at >= 0)
    acknowledged.push(bytes.toString('latin1', at + id_of.length, at + id_of.length + 36));
}
