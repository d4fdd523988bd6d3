/** A plain sentence in the two languages that the verifier speaks. */
export type Sentence = { readonly zh: string; readonly en: string };

/** One sentence in both languages. */
export function say(zh: string, en: string): Sentence {
  return { zh, en };
}

/** Sentences one after another, as one. */
export function joined(sentences: readonly Sentence[]): Sentence {
  return say(sentences.map(({ zh }) => zh).join(''), sentences.map(({ en }) => en).join(' '));
}

/** What an unknown error says, in both languages where it knows them. */
export function sentenceOf(error: unknown): Sentence {
  const told = (error as { sentence?: Sentence } | null)?.sentence;
  if (told) return told;
  const text = error instanceof Error ? error.message : String(error);
  return say(text, text);
}
