import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export type Letter = { from: string; to: string[]; text: string };

/** A mail server that keeps what it is sent and can be told to answer badly; SMTP as far as a client needs it. */
export async function smtpSink() {
  const letters: Letter[] = [];
  const sockets = new Set<Socket>();
  /** The answer to the next RCPT or to the end of DATA, instead of 250. */
  const answers: { rcpt?: string; data?: string } = {};
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    converse(socket);
  });
  const converse = (socket: Socket): void => {
    let letter: Letter = { from: '', to: [], text: '' };
    let buffer = '';
    let inData = false;
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    const command = (line: string): void => {
      const [, address = ''] = /<([^>]*)>/.exec(line) ?? [];
      if (/^(EHLO|HELO)/i.test(line)) say('250 sink');
      else if (/^MAIL/i.test(line)) {
        letter = { from: address, to: [], text: '' };
        say('250 ok');
      } else if (/^RCPT/i.test(line)) {
        if (answers.rcpt === undefined) letter.to.push(address);
        say(answers.rcpt ?? '250 ok');
      } else if (/^DATA/i.test(line)) {
        inData = true;
        say('354 go on');
      } else if (/^QUIT/i.test(line)) {
        say('221 bye');
        socket.end();
      } else say('250 ok');
    };
    say('220 sink ready');
    socket.on('data', (chunk) => {
      buffer += chunk.toString('utf8');
      for (;;) {
        const end = inData ? '\r\n.\r\n' : '\r\n';
        const at = buffer.indexOf(end);
        if (at < 0) return;
        const part = buffer.slice(0, at);
        buffer = buffer.slice(at + end.length);
        if (!inData) {
          command(part);
          continue;
        }
        inData = false;
        if (answers.data === undefined) letters.push({ ...letter, text: part });
        say(answers.data ?? '250 taken');
      }
    });
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    letters,
    answers,
    stop: async (): Promise<void> => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What a reader sees of a letter: its decoded subject and text. */
export function readLetter({ text }: Letter): { subject: string; body: string; id: string } {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const unfolded = head.replace(/\r\n[ \t]+/g, ' ');
  const header = (name: string): string =>
    new RegExp(`^${name}: (.*)$`, 'im').exec(unfolded)?.[1] ?? '';
  const word = (encoded: string): string =>
    encoded.replace(/\s*=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_, kind: string, part: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(part, 'base64').toString('utf8')
        : quoted(part, true),
    );
  const encoding = header('Content-Transfer-Encoding').toLowerCase();
  const plain =
    encoding === 'base64' ? Buffer.from(body, 'base64').toString('utf8') : quoted(body, false);
  return {
    subject: word(header('Subject')),
    body: encoding === '7bit' ? body : plain,
    id: header('Message-ID'),
  };
}

function quoted(text: string, isHeader: boolean): string {
  const whole = text.replace(/=\r\n/g, '');
  const bytes = (isHeader ? whole.replaceAll('_', ' ') : whole).replace(
    /=([0-9A-F]{2})/gi,
    (_, hex: string) => String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
