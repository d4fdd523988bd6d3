/** What a pattern such as `/visits/:appointmentId` found in an address. */
export type Params = Readonly<Record<string, string>>;

/** @returns what stands at the names of `pattern`, or null where `pathname` is another page's. */
export function match(pattern: string, pathname: string): Params | null {
  const wanted = segments(pattern);
  const given = segments(pathname);
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [at, segment] of wanted.entries()) {
    const here = given[at] ?? '';
    if (segment.startsWith(':')) params[segment.slice(1)] = decoded(here);
    else if (segment !== here) return null;
  }
  return params;
}

const segments = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

/** An address typed by hand may be broken; then its page says that there is no such thing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
