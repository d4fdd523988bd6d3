import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../../platform/clock.ts';
import { fromHex } from '../../platform/tlog/index.ts';
import { signRound } from '../sealed-draw/beacon.ts';
import { roundTime } from '../sealed-draw/manifest.ts';
import type { Group, Share } from './group-file.ts';

const REMEMBERED_MAX = 64;

/**
 * A key holder's server: gives its partial signature of a round to anyone who asks, but only once its
 * own clock has passed the round's time. That is all a holder does, and why no minority of holders can
 * know a round early. The caller listens.
 */
export function createHolder(source: { group: Group; share: Share; clock: Clock }): Server {
  const { group, share, clock } = source;
  const secret = fromHex(share.secret);
  const remembered = new Map<number, string>();

  const partial = (round: number): string => {
    const known = remembered.get(round);
    if (known !== undefined) return known;
    const signature = signRound(secret, round);
    remembered.set(round, signature);
    const oldest = remembered.keys().next().value;
    if (remembered.size > REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest);
    return signature;
  };

  const answer = (path: string): [status: number, body: object] => {
    if (path === '/group') return [200, group];
    const asked = /^\/partial\/([1-9]\d{0,15})$/.exec(path)?.[1];
    const round = Number(asked);
    if (asked === undefined || !Number.isSafeInteger(round))
      return [404, { error: 'Ask for /partial/ROUND with a whole number from 1, or for /group.' }];
    const time = roundTime(group, round);
    if (clock.now().getTime() < time * 1000)
      return [425, { error: `Round ${round} is not due before ${time} (Unix seconds).` }];
    return [200, { index: share.index, round, signature: partial(round) }];
  };

  return createServer((request: IncomingMessage, response: ServerResponse) => {
    const [status, body] =
      request.method === 'GET'
        ? answer(request.url ?? '/')
        : ([405, { error: 'A key holder only answers GET.' }] as const);
    response.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    });
    response.end(JSON.stringify(body));
  });
}
