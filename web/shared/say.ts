type Say = (text: string) => string;

let say: Say = (text) => text;

/** How Chinese is written at present; the provider of the words sets it. */
export function setSpeech(how: Say): void {
  say = how;
}

/** What the server says in sentences; names stay as the hospital and the person write them. */
const sentences = new Set([
  'detail',
  'message',
  'text',
  'title',
  'reason',
  'sentence',
  'release_text',
  'on_site_numbers_text',
]);

/** An answer of the server with its sentences in the characters that the person reads. */
export function written<T>(answer: T): T {
  if (say('号') === '号') return answer;
  return rewrite(answer) as T;
}

function rewrite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrite);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      typeof inner === 'string' && sentences.has(key) ? say(inner) : rewrite(inner),
    ]),
  );
}
