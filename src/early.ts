import { existsSync, readFileSync } from 'node:fs';

/**
 * What a page of the patients needs as soon as it is opened, as the build wrote it down: its script and
 * the readings it begins with. Told in the header of the page, it does not wait for the first scripts.
 * @returns the value of `Link` for the path of a page, undefined where nothing is known of it.
 */
export function readEarlyLinks(file: string): (path: string) => string | undefined {
  if (!existsSync(file)) return () => undefined;
  const rows = (JSON.parse(readFileSync(file, 'utf8')) as [string, string][]).map(
    ([pattern, links]) => [new RegExp(pattern), links] as const,
  );
  return (path) => {
    for (const [pattern, links] of rows) {
      const found = pattern.exec(path);
      if (found) return links.replace(/\$(\d)/g, (_whole, n: string) => found[Number(n)] ?? '');
    }
    return undefined;
  };
}
