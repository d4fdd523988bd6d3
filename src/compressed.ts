import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { encodingFor } from './platform/encoding.ts';

/** A page or file of the root that is sent as it is or compressed, made once at start. */
export type Sendable = { type: string; plain: Buffer; br: Buffer; gzip: Buffer };

export function sendable(type: string, plain: Buffer): Sendable {
  return { type, plain, br: brotliCompressSync(plain), gzip: gzipSync(plain) };
}

/** Sends it as the browser takes it; it may change with every release, so it is asked for again. */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  file: Sendable,
): FastifyReply {
  const encoding = encodingFor(request.headers['accept-encoding']);
  if (encoding) void reply.header('content-encoding', encoding);
  return reply
    .type(file.type)
    .header('cache-control', 'no-cache')
    .header('vary', 'accept-encoding')
    .send(encoding ? file[encoding] : file.plain);
}
