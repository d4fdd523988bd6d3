import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

/**
 * Takes a reply over as a stream of server-sent events, which no cache or proxy may hold back; a reader
 * that loses it comes back after three seconds. `first` is told at once; whoever started the stream
 * writes to it and ends it.
 */
export function startEventStream(reply: FastifyReply, first?: string): ServerResponse {
  reply.hijack();
  const to = reply.raw;
  to.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-accel-buffering': 'no',
  });
  to.write(`retry: 3000\n${first === undefined ? '' : `data: ${first}\n`}\n`);
  return to;
}
