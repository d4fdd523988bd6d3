import { say, type Sentence } from './sentence.ts';

/** What made an input of the draw unusable, for programs. */
export type DrawErrorCode =
  'shape' | 'manifest' | 'pool' | 'beacon' | 'receipt' | 'ranking' | 'returns' | 'log' | 'bundle';

/** A refused input; `message` is a plain sentence, `sentence` the same in both languages. */
export class DrawError extends Error {
  readonly code: DrawErrorCode;
  readonly sentence: Sentence;

  constructor(code: DrawErrorCode, told: string | Sentence) {
    const sentence = typeof told === 'string' ? say(told, told) : told;
    super(sentence.en);
    this.name = 'DrawError';
    this.code = code;
    this.sentence = sentence;
  }
}
