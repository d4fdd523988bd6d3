/**
 * An error a person can act on, sent as RFC 9457 `application/problem+json`. `code` is stable,
 * `message` one Chinese sentence; `docs/errors.md` lists every code.
 */
export type ProblemKind = {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly english: string;
};

export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly detail: Record<string, unknown>;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    kind: ProblemKind,
    detail: Record<string, unknown> = {},
    options: { message?: string; retryAfterSeconds?: number } = {},
  ) {
    // A crowd is refused by the thousand a second; a trace of each costs much and tells nothing.
    const { stackTraceLimit } = Error;
    if (kind.status === 503) Error.stackTraceLimit = 0;
    super(options.message ?? kind.message);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'Problem';
    this.kind = kind;
    this.detail = detail;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

const catalogue = new Map<string, ProblemKind>();

/**
 * Declares a kind of problem: `const slotTaken = problem('booking/slot-taken', 409, '…', '…')`.
 * @throws Error when the code was declared before: codes are unique.
 */
export function problem(
  code: string,
  status: number,
  message: string,
  english: string,
): ProblemKind {
  if (catalogue.has(code)) throw new Error(`problem code declared twice: ${code}`);
  const kind = Object.freeze({ code, status, message, english });
  catalogue.set(code, kind);
  return kind;
}

/** Every kind declared by the modules loaded so far, by code. */
export function problemCatalogue(): ProblemKind[] {
  return [...catalogue.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}
