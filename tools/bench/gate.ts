import { Agent, createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { advance, earlyMac, earlyValue, value_min } from '../../src/gate/rules.ts';
import { createSketch } from '../../src/gate/sketch.ts';
import { createStreams } from '../../src/gate/streams.ts';
import { signTicket } from '../../src/gate/token.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { secretsFrom } from '../../src/platform/secrets.ts';
import { BenchError, type Case } from './section.ts';

// So that the bench needs no flag of Node's own.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const ROUNDS = 10;
const MIB = 1024 * 1024;

/**
 * The gate without a database: what so many people with tickets cost in memory, how fast tickets are
 * made, and how long one watermark takes to reach so many open streams on this machine.
 */
export async function* benchGate(args: string[]): AsyncGenerator<Case> {
  const options = { tickets: { type: 'string' }, streams: { type: 'string' } } as const;
  const { values } = parseArgs({ args, options });
  const tickets = Number(values.tickets ?? 200_000);
  const streams = Number(values.streams ?? 5000);
  if (!Number.isInteger(tickets) || tickets < 1 || tickets > 10_000_000)
    throw new BenchError('--tickets is a whole number from 1 to 10000000.', true);
  if (!Number.isInteger(streams) || streams < 1 || streams > 100_000)
    throw new BenchError('--streams is a whole number from 1 to 100000.', true);
  yield ticketCase(tickets);
  yield await streamCase(streams);
}

/** Bytes in use by the program's own objects and buffers, rubbish collected first. */
function memory(): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function ticketCase(tickets: number): Case {
  const secrets = secretsFrom(seededRandom('bench gate').bytes(32));
  const release_key = seededRandom('bench release key').bytes(32);
  const room_id = '0199c0de-0000-7000-8000-000000000001';
  const sketch = createSketch();
  const draw = (n: number): string => {
    const patient_id = `0199c0de-0000-7000-8000-${String(n).padStart(12, '0')}`;
    const mac = earlyMac(release_key, room_id, patient_id);
    sketch.add(mac);
    const value = earlyValue(mac);
    return signTicket(secrets, { room_id, account_id: patient_id, patient_id, device_key_id: 'key', kind: 'early', value, lane: 'normal', extra_s: 0, case_id: null }); // prettier-ignore
  };
  for (let n = 0; n < 5000; n++) draw(n); // what the program compiles for itself is no one's ticket
  const before = memory();
  const started = performance.now();
  for (let n = 0; n < tickets; n++) draw(n);
  const seconds = (performance.now() - started) / 1000;
  const grown = (memory() - before) / MIB;
  const counted = sketch.count();
  const progress = { early_up_to: value_min, late_up_to: 0, early_count: counted, late_issued: 0 };
  const marks = performance.now();
  for (let n = 0; n < 1000; n++) advance(progress, n);
  const mark_us = performance.now() - marks;
  const off = Math.abs(counted - tickets) / tickets;
  return {
    figures: { tickets, heap_grown_mib: rounded(grown), tickets_per_s: Math.round(tickets / seconds), count_error: rounded(off), mark_us: rounded(mark_us) }, // prettier-ignore
    table: [
      ['tickets', String(tickets)],
      ['memory grown', `${grown.toFixed(3)} MiB`],
      ['tickets a second', String(Math.round(tickets / seconds))],
      ['counted wrong by', `${(off * 100).toFixed(2)} %`],
      ['a new watermark', `${mark_us.toFixed(1)} µs`],
    ],
  };
}

/** One text to all open streams, read by a client in this very process. */
async function streamCase(wanted: number): Promise<Case> {
  const streams = createStreams();
  const server = createServer((_request, reply) => {
    reply.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n');
    streams.add('room', reply);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const before = memory();
  const readers = await openStreams(url, wanted);
  const per_stream = (memory() - before) / readers.length;
  const mark = { early_up_to: value_min, late_up_to: 0 };
  const text = JSON.stringify({ lanes: [mark, mark], room_id: 'room' });
  const times: number[] = [];
  const writes: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const all = Promise.all(readers.map((reader) => new Promise((done) => void reader.once('data', done)))); // prettier-ignore
    const started = performance.now();
    streams.send('room', text);
    writes.push(performance.now() - started);
    await all;
    times.push(performance.now() - started);
  }
  for (const reader of readers) reader.destroy();
  server.closeAllConnections();
  server.close();
  const median = (list: number[]): number => list.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0;
  return {
    figures: { streams: readers.length, fan_out_ms: rounded(median(times)), write_ms: rounded(median(writes)), bytes_per_stream: Math.round(per_stream) }, // prettier-ignore
    table: [
      ['open streams', `${readers.length} of ${wanted}`],
      ['all have the watermark after', `${median(times).toFixed(1)} ms`],
      ['of it writing', `${median(writes).toFixed(1)} ms`],
      ['memory a stream, both ends', `${(per_stream / 1024).toFixed(1)} KiB`],
    ],
  };
}

/** As many as the machine's limit of open files allows, which may be fewer than wanted. */
async function openStreams(url: string, wanted: number): Promise<IncomingMessage[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const open = (): Promise<IncomingMessage | undefined> =>
    new Promise((resolve) => {
      get(url, { agent }, (reply) => reply.once('data', () => resolve(reply))).once('error', () =>
        resolve(undefined),
      );
    });
  const readers: IncomingMessage[] = [];
  while (readers.length < wanted) {
    const batch = Math.min(250, wanted - readers.length);
    const opened = (await Promise.all(Array.from({ length: batch }, open))).filter(
      (reader) => reader !== undefined,
    );
    readers.push(...opened);
    if (opened.length < batch) break;
  }
  // A stream that ends later, at closing, is no fault.
  for (const reader of readers) reader.on('error', () => undefined).resume();
  return readers;
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
