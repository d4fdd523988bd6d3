import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';

/** So many requests are begun as they come before whoever is being served already is seen to again. */
const requests_a_turn = 64;
/** So many of those who had to wait are begun in each turn after; at a full door most are turned away. */
const waiting_a_turn = 16;

const came_at = Symbol('came at');
type Come = IncomingMessage & { [came_at]?: number };

/**
 * Begins at most `per_turn` requests in one turn of the event loop; the others wait for the next
 * turns, fewer in each, in the order in which they came. When hundreds come in the same moment, those
 * who came first would else wait for the first step of every other before their second, and the
 * database's answers would lie unread meanwhile. Who has hung up while waiting is not begun at all.
 */
export function shareTurns(
  server: Server,
  per_turn = requests_a_turn,
  waiting_per_turn = waiting_a_turn,
): void {
  const [begin, ...others] = server.listeners('request') as RequestListener[];
  if (!begin || others.length > 0) throw new Error('a server has one listener for its requests');
  const waiting: [Come, ServerResponse][] = [];
  let begun = 0;
  let isTurning = false;
  const turn = (): void => {
    begun = 0;
    for (const [request, response] of waiting.splice(0, waiting_per_turn)) {
      begun++;
      if (!request.destroyed) begin(request, response);
    }
    // Once more after the last, so that the count is new when somebody comes later.
    isTurning = begun > 0;
    if (isTurning) setImmediate(turn);
  };
  server.off('request', begin);
  server.on('request', (request: Come, response) => {
    if (!isTurning) setImmediate(turn);
    isTurning = true;
    if (begun < per_turn && waiting.length === 0) {
      begun++;
      begin(request, response);
      return;
    }
    request[came_at] = performance.now();
    waiting.push([request, response]);
  });
}

/** For how long a request waited for its turn, in milliseconds; 0 when it was begun at once. */
export function waitedForTurn(request: Come): number {
  const at = request[came_at];
  return at === undefined ? 0 : performance.now() - at;
}
