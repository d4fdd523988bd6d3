export { createSandboxAuthority, sandboxCredential } from './authority.ts';
export { buildSandboxAuthorityApp } from './http-authority.ts';
export { createHttpRealNameProvider } from './http-provider.ts';
export type { HttpRealNameOptions } from './http-provider.ts';
export { createPopulation } from './population.ts';
export type { Population, SyntheticPerson } from './population.ts';
export { startSandboxAuthority } from './serve.ts';
