/** What made an input of the draw unusable, for programs. */
export type DrawErrorCode =
  'shape' | 'manifest' | 'pool' | 'beacon' | 'receipt' | 'ranking' | 'returns' | 'log' | 'bundle';

/** A refused input; `message` is a plain sentence. */
export class DrawError extends Error {
  readonly code: DrawErrorCode;

  constructor(code: DrawErrorCode, message: string) {
    super(message);
    this.name = 'DrawError';
    this.code = code;
  }
}
