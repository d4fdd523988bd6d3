import { nodeHasher } from './tlog/node-hasher.ts';
import type { Secrets } from './secrets.ts';

/** HMAC-SHA-256 of a text under one key: 32 bytes. */
export type TextMac = (text: string) => Buffer;

/**
 * A MAC whose key schedule is done once. `createHmac` costs tens of microseconds a call, and a booking
 * checks five of them before it reaches the queue.
 */
export function textMac(key: Uint8Array): TextMac {
  const mac = nodeHasher.hmac(key);
  return (text) => Buffer.from(mac(Buffer.from(text)).buffer as ArrayBuffer);
}

const kept = new WeakMap<Secrets, Map<string, TextMac>>();

/** The MAC under a key of the installation, derived once a label. */
export function installationMac(secrets: Secrets, label: string): TextMac {
  let macs = kept.get(secrets);
  if (!macs) kept.set(secrets, (macs = new Map()));
  let mac = macs.get(label);
  if (!mac) macs.set(label, (mac = textMac(secrets.key(label))));
  return mac;
}
