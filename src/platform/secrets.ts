import { hkdfSync } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from './random.ts';

/** Keys of one installation, all derived from one root secret by a label. */
export type Secrets = { key(label: string): Uint8Array };

export function secretsFrom(root: Uint8Array): Secrets {
  return {
    key: (label) => new Uint8Array(hkdfSync('sha256', root, 'zhenghao', label, 32)),
  };
}

/**
 * Reads `<folder>/root-secret` (mode 0600), making it at the first start. Whoever holds it can read
 * personal data and sign for the log, so it belongs in a backup of its own.
 */
export function openSecrets(folder: string, random: Random): Secrets {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'root-secret');
  const fresh = `${file}.${process.pid}`;
  try {
    writeFileSync(fresh, Buffer.from(random.bytes(32)).toString('hex'), { mode: 0o600 });
    linkSync(fresh, file); // fails when the secret exists; never replaces it
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  const root = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
  if (root.length !== 32) throw new Error(`${file} is damaged: restore it from its backup.`);
  return secretsFrom(root);
}
