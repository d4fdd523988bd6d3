import { readFileSync } from 'node:fs';

/** verify.html of the bundle, whose hash the manifest fixes. */
export const verifierPage: Uint8Array = readFileSync(new URL('./verify.html', import.meta.url));
