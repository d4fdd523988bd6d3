import { createHash } from 'node:crypto';
import type { EvidenceConfig } from '../platform/evidence-config.ts';
import type { Random } from '../platform/random.ts';
import { equalBytes, toBase64 } from '../platform/tlog/index.ts';
import { readCapped } from './read-capped.ts';

export type TimestampContext = { network: typeof fetch; random: Random };

const SHA256_OID = '2.16.840.1.101.3.4.2.1';
const DATA_OID = '1.2.840.113549.1.7.1';
const NONCE_BYTES = 8;
const REPLY_BYTES_MAX = 262_144;
const REQUEST_MS_MAX = 10_000;

/**
 * Asks a timestamping authority (RFC 3161) to stamp a SHA-256 digest (32 bytes).
 * @returns the TimeStampToken in base64, as seal.json keeps it.
 * @throws Error unless it was granted, is over this digest with our nonce, and its own signature holds;
 * whose certificate it is stays for the reader to judge.
 */
export async function requestTimestamp(
  ctx: TimestampContext,
  { url, digest }: { url: string; digest: Uint8Array },
): Promise<string> {
  // A large library that few installations need: loaded when the first stamp is asked for.
  const [pki, asn1] = await Promise.all([import('pkijs'), import('asn1js')]);
  const nonce = ctx.random.bytes(NONCE_BYTES);
  // A positive number without a leading zero byte has one encoding only, so it comes back as it went.
  nonce[0] = ((nonce[0] ?? 0) & 0x7f) | 0x40;
  const request = new pki.TimeStampReq({
    version: 1,
    messageImprint: new pki.MessageImprint({
      hashAlgorithm: new pki.AlgorithmIdentifier({
        algorithmId: SHA256_OID,
        algorithmParams: new asn1.Null(),
      }),
      hashedMessage: new asn1.OctetString({ valueHex: Uint8Array.from(digest).buffer }),
    }),
    nonce: new asn1.Integer({ valueHex: Uint8Array.from(nonce).buffer }),
    certReq: true,
  });
  const bytes = await post(ctx, url, new Uint8Array(request.toSchema().toBER()));
  const reply = pki.TimeStampResp.fromBER(bytes);
  const token = reply.timeStampToken;
  const { granted, grantedWithMods } = pki.PKIStatus;
  if (![granted, grantedWithMods].includes(reply.status.status) || !token)
    throw new Error(`The timestamping authority refused (status ${reply.status.status}).`);
  const signed = new pki.SignedData({ schema: token.content });
  const octets = signed.encapContentInfo.eContent;
  const content = octets?.getValue();
  // In pieces it would be BER; the verifier of a bundle reads DER, as RFC 3161 demands.
  if (!content || octets?.idBlock.isConstructed)
    throw new Error('The timestamping authority answered with a malformed token.');
  const info = pki.TSTInfo.fromBER(content);
  const stamped = info.messageImprint;
  if (
    stamped.hashAlgorithm.algorithmId !== SHA256_OID ||
    !equalBytes(stamped.hashedMessage.valueBlock.valueHexView, digest)
  )
    throw new Error('The timestamp is over something else.');
  if (!info.nonce || !equalBytes(info.nonce.valueBlock.valueHexView, nonce))
    throw new Error('The timestamp answers another request.');
  // The library would want the stamped data itself; its digest was compared above.
  signed.encapContentInfo.eContentType = DATA_OID;
  if (!(await signed.verify({ signer: 0, checkChain: false })))
    throw new Error('The signature of the timestamp does not hold.');
  return toBase64(new Uint8Array(token.toSchema().toBER()));
}

async function post(
  ctx: TimestampContext,
  url: string,
  body: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const reply = await ctx.network(url, {
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query' },
    body,
    signal: AbortSignal.timeout(REQUEST_MS_MAX),
  });
  if (!reply.ok) throw new Error(`The timestamping authority answered ${reply.status}.`);
  return Uint8Array.from(await readCapped(reply, REPLY_BYTES_MAX));
}

/**
 * Timestamps over the SHA-256 of a leaf's data, in base64; none when TSA_URL is not set, or when the
 * authority fails, which is reported: a timestamp adds to the witnesses and holds nothing up.
 */
export async function timestampFor(
  ctx: TimestampContext & { config: { evidence: Pick<EvidenceConfig, 'tsa_url'> } },
  leafData: Uint8Array,
  onError: (error: unknown) => void = (error) =>
    console.error('no timestamp:', error instanceof Error ? error.message : error),
): Promise<string[]> {
  const url = ctx.config.evidence.tsa_url;
  if (url === undefined) return [];
  try {
    const digest = createHash('sha256').update(leafData).digest();
    return [await requestTimestamp(ctx, { url, digest })];
  } catch (error) {
    onError(error);
    return [];
  }
}
