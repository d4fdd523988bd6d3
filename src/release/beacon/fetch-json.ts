import { DrawError } from '../sealed-draw/errors.ts';

const BODY_MAX = 16_384;

/**
 * Fetches a small JSON document: no redirects, at most 16 KiB, at most `timeout_ms` in all.
 * @throws Error in a sentence without the address.
 */
export async function fetchJson(
  network: typeof fetch,
  url: string,
  timeout_ms: number,
): Promise<unknown> {
  const signal = AbortSignal.timeout(timeout_ms);
  try {
    const response = await network(url, { redirect: 'error', signal });
    const text = await readText(response);
    if (!response.ok) throw new Error(`answered ${response.status} ${sentenceOf(text)}`.trim());
    return JSON.parse(text);
  } catch (error) {
    if (signal.aborted) throw new Error(`did not answer within ${timeout_ms} ms`, { cause: error });
    if (error instanceof TypeError)
      throw new Error(`cannot be reached (${causeOf(error)})`, { cause: error });
    if (error instanceof SyntaxError)
      throw new Error('answered something that is not JSON', { cause: error });
    throw error;
  }
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    // Leaving the loop cancels the body.
    if (text.length > BODY_MAX) throw new Error('answered far more than one round');
  }
  return text + decoder.decode();
}

/** The sentence of a refusal, if it has one. */
function sentenceOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === 'string' ? error.slice(0, 200) : '';
  } catch {
    return '';
  }
}

function causeOf(error: TypeError): string {
  const { cause } = error;
  return cause instanceof Error
    ? ((cause as NodeJS.ErrnoException).code ?? cause.message)
    : error.message;
}

/** Why a question failed, to stand after the name of who was asked. */
export function reasonOf(error: unknown): string {
  if (error instanceof DrawError) return `answered in an unknown form (${error.message})`;
  return error instanceof Error ? error.message : String(error);
}
