import { connect } from 'node:net';
import { parseArgs } from 'node:util';

// Readers in a process of their own: the same request over keep-alive connections, one at a time each.
// They talk to 127.0.0.1 only, and count replies and their bytes without looking into them.

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    path: { type: 'string' },
    headers: { type: 'string' },
    connections: { type: 'string' },
    seconds: { type: 'string' },
  },
});

const headers = JSON.parse(values.headers ?? '{}') as Record<string, string>;
const lines = Object.entries({ host: '127.0.0.1', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`); // prettier-ignore
const request = Buffer.from(`GET ${values.path} HTTP/1.1\r\n${lines.join('')}\r\n`);
const statuses: Record<string, number> = {};
let bytes = 0;
let all = 0;
let etag = '';

await load(0.7); // both sides warm
for (const status of Object.keys(statuses)) delete statuses[status];
bytes = 0;
const started = performance.now();
await load(Number(values.seconds));
console.log(
  JSON.stringify({ seconds: (performance.now() - started) / 1000, statuses, bytes, etag, all }),
);

async function load(seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1000;
  await Promise.all(Array.from({ length: Number(values.connections) }, () => run(until)));
}

/** One connection's life. */
function run(until: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(values.port), noDelay: true });
    let head = '';
    let missing = -1;
    const next = (): void => {
      head = '';
      missing = -1;
      if (performance.now() < until) {
        socket.write(request);
        return;
      }
      socket.destroy();
      resolve();
    };
    socket.on('connect', next);
    socket.on('error', reject);
    socket.on('end', () => reject(new Error('the server closed a connection')));
    socket.on('data', (piece) => {
      bytes += piece.length;
      if (missing < 0) {
        head += piece.toString('latin1');
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        const length = /content-length: (\d+)/i.exec(head.slice(0, end + 2))?.[1];
        missing = end + 4 + Number(length ?? 0) - head.length;
        all++;
        const status = head.slice(9, 12);
        statuses[status] = (statuses[status] ?? 0) + 1;
        etag ||= /etag: (\S+)/i.exec(head.slice(0, end + 2))?.[1] ?? '';
      } else missing -= piece.length;
      if (missing <= 0) next();
    });
  });
}
