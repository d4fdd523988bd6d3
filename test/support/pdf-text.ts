import { inflateSync } from 'node:zlib';

/**
 * The text a PDF of ours shows, one string a drawn run, in the order it was drawn: its streams are
 * inflated and glyph codes read back by each font's ToUnicode map. Enough for pdfkit, no more.
 */
export function pdfText(bytes: Buffer): string[] {
  const file = bytes.toString('latin1');
  const objects = new Map<string, string>();
  for (const [, id = '', body = ''] of file.matchAll(/(\d+) 0 obj\n([\s\S]*?)\nendobj/g))
    objects.set(id, body);
  const maps = new Map<string, Map<string, string>>();
  for (const [id, body] of objects) {
    const unicode = /\/ToUnicode (\d+) 0 R/.exec(body)?.[1];
    if (unicode !== undefined) maps.set(id, unicodeMap(streamOf(objects.get(unicode) ?? '')));
  }
  const names = new Map<string, Map<string, string>>();
  for (const body of objects.values())
    for (const [, name = '', id = ''] of body.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const map = maps.get(id);
      if (map) names.set(name, map);
    }
  const texts: string[] = [];
  for (const body of objects.values()) {
    const content = streamOf(body);
    if (content.includes(' Tf')) texts.push(...drawn(content, names));
  }
  return texts;
}

function streamOf(body: string): string {
  const found = /stream\r?\n([\s\S]*?)\r?\nendstream/.exec(body)?.[1];
  if (found === undefined) return '';
  const raw = Buffer.from(found, 'latin1');
  if (!body.includes('/FlateDecode')) return found;
  return inflateSync(raw).toString('latin1');
}

const characters = (hex: string): string => Buffer.from(hex, 'hex').swap16().toString('utf16le');

function unicodeMap(text: string): Map<string, string> {
  const map = new Map<string, string>();
  for (const [, first = '', list = ''] of text.matchAll(
    /<([0-9a-f]+)> <[0-9a-f]+> \[([^\]]*)\]/gi,
  )) {
    let code = Number.parseInt(first, 16);
    for (const [, hex = ''] of list.matchAll(/<([0-9a-f]+)>/gi))
      map.set((code++).toString(16).padStart(4, '0'), characters(hex));
  }
  return map;
}

function drawn(content: string, fonts: ReadonlyMap<string, ReadonlyMap<string, string>>): string[] {
  const texts: string[] = [];
  let font: ReadonlyMap<string, string> | undefined;
  for (const [, name, run] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
    if (name !== undefined) font = fonts.get(name);
    if (run === undefined) continue;
    const codes = [...run.matchAll(/<([0-9a-f]*)>/gi)].map(([, hex = '']) => hex).join('');
    texts.push((codes.match(/.{4}/g) ?? []).map((code) => font?.get(code.toLowerCase()) ?? '?').join('')); // prettier-ignore
  }
  return texts;
}
