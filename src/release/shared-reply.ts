import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { encodingFor } from '../platform/encoding.ts';
import type { Snapshots } from '../platform/snapshots.ts';

export type SharedContext = { snapshots: Snapshots };

/** Bytes ready to go out: encoding and compressing once serves everybody who asks in that second. */
type Ready = { etag: string; plain: Buffer; br?: Promise<Buffer>; gzip?: Promise<Buffer> };

/** A reply of one packet is not worth compressing. */
const packed_bytes_min = 1200;

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);
/** Beyond this more time buys next to nothing of a text of this kind. */
const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

const pack = {
  br: (plain: Buffer) => brotli(plain, quick),
  gzip: (plain: Buffer) => gzipped(plain),
};

/**
 * Answers a read of public data from the snapshot that everybody shares, at most a second old: asking
 * more often shows nothing new, and costs no database. A cache on the way may do the same, and a
 * browser that has the same answer already is told so in a few bytes.
 */
export async function sharedReply(
  ctx: SharedContext,
  request: FastifyRequest,
  reply: FastifyReply,
  make: () => Promise<object>,
): Promise<never> {
  const ready = await ctx.snapshots.get(request.url, async (): Promise<Ready> => {
    // The route's schema drops what it does not declare here, before anything is kept.
    const text = reply.serialize(await make()) as string;
    return {
      etag: `W/"${hash('sha256', text, 'base64url').slice(0, 22)}"`,
      plain: Buffer.from(text),
    };
  });
  void reply.headers({
    'cache-control': 'public, max-age=1',
    vary: 'accept-encoding',
    etag: ready.etag,
  });
  if (request.headers['if-none-match'] === ready.etag) return reply.code(304).send() as never;
  void reply.type('application/json; charset=utf-8');
  const encoding =
    ready.plain.length < packed_bytes_min
      ? undefined
      : encodingFor(request.headers['accept-encoding']);
  if (encoding === undefined) return ready.plain as never;
  void reply.header('content-encoding', encoding);
  // The schema has typed the reply as an object; these are its bytes.
  return (await (ready[encoding] ??= pack[encoding](ready.plain))) as never;
}
