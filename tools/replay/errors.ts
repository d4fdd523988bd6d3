/** Something the person at the command line can put right; its message says how. */
export class ReplayError extends Error {}
