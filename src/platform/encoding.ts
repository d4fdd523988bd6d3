/** The better of the compressions a reader takes, by its `accept-encoding`; undefined for none. */
export function encodingFor(accepted: string | string[] | undefined): 'br' | 'gzip' | undefined {
  const text = typeof accepted === 'string' ? accepted : '';
  return takes.br.test(text) ? 'br' : takes.gzip.test(text) ? 'gzip' : undefined;
}

// Named, and not with a weight of nothing.
const takes = {
  br: /\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/,
  gzip: /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/,
};
