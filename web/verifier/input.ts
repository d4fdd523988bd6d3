import { bundleAmong } from '../../src/release/sealed-draw/bundle-folder.ts';
import type { BundleFiles } from '../../src/release/sealed-draw/files.ts';
import { sentenceOf, type Sentence } from '../../src/release/sealed-draw/sentence.ts';
import { unzip } from '../../src/release/sealed-draw/unzip.ts';
import { vectorFiles } from '../../src/release/sealed-draw/vector.ts';
import { fill, WORDS, type Word } from './words.ts';

// Turns what people drop or choose into the files of a bundle, or a receipt.

/** A bundle as given: its files, how to call it, and whether files may be lacking. */
export type Given = { files: BundleFiles; name: string; kind: 'whole' | 'partial' | 'vector' };

/** A fixed text of the page in both languages, as a refusal or a state. */
export function both(word: Word, values: Record<string, string | number> = {}): Sentence {
  return { zh: fill(WORDS.zh[word], values), en: fill(WORDS.en[word], values) };
}

/** An input that cannot be used, with a plain sentence. */
export class Refused extends Error {
  readonly sentence: Sentence;

  constructor(sentence: Sentence) {
    super(sentence.en);
    this.sentence = sentence;
  }
}

/** What an error says to the person at the page. */
export const toldBy = (error: unknown): Sentence => sentenceOf(error);

/** One file with the path that it has below what was dropped. */
export type PathFile = { path: string; file: File };

/** The files of an `<input type="file">`; those of a folder know their paths. */
export function chosen(list: FileList): PathFile[] {
  return [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** Everything that was dropped, folders included. Must be called while the drop is being handled. */
export async function dropped(data: DataTransfer): Promise<PathFile[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry());
  const loose = [...data.files];
  if (entries.every((entry) => entry === null)) {
    return loose.map((file) => ({ path: file.name, file }));
  }
  const found = await Promise.all(entries.filter((entry) => entry !== null).map(filesBelow));
  return found.flat();
}

async function filesBelow(entry: FileSystemEntry): Promise<PathFile[]> {
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    return [{ path, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: PathFile[] = [];
  // A reader gives a hundred entries at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return found;
    for (const one of some) found.push(...(await filesBelow(one)));
  }
}

/** Reads a bundle from an archive, a folder, single files, or the known-answer vector. */
export async function readGiven(list: readonly PathFile[]): Promise<Given> {
  const [first] = list;
  if (first && list.length === 1 && !first.path.includes('/')) return readSingle(first);
  const isFolder = list.every(({ path }) => path.includes('/'));
  const files = new Map<string, Uint8Array>();
  for (const { path, file } of list) {
    if (files.has(path)) throw new Refused(both('loose-twice', { name: path }));
    files.set(path, await bytesOf(file));
  }
  const name = first?.path.split('/')[0] ?? '';
  if (isFolder) return { files: bundleAmong(files, name), name, kind: 'whole' };
  if (!files.has('manifest.json')) throw new Refused(both('no-manifest'));
  return { files, name: '', kind: 'partial' };
}

async function readSingle({ path, file }: PathFile): Promise<Given> {
  const bytes = await bytesOf(file);
  if (path === 'manifest.json') {
    return { files: new Map([[path, bytes]]), name: '', kind: 'partial' };
  }
  if (!path.toLowerCase().endsWith('.json')) {
    return { files: bundleAmong(await unzip(bytes), path), name: path, kind: 'whole' };
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Refused(both('no-manifest'));
  }
  return { files: vectorFiles(value), name: path, kind: 'vector' };
}

async function bytesOf(file: File): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

const RECEIPT_FIELDS = ['draw', 'e', 'leaf', 'sig', 'time', 'v'];

/** A receipt from a file's or a QR code's text. Whether it is genuine, V5 tells. */
export function readReceipt(text: string): { draw: string; e: string } {
  let value: unknown;
  try {
    value = JSON.parse(text.trim());
  } catch {
    throw new Refused(both('not-receipt'));
  }
  const fields = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (fields.includes('secret')) throw new Refused(both('is-secret'));
  if (!RECEIPT_FIELDS.every((field) => fields.includes(field))) {
    throw new Refused(both('not-receipt'));
  }
  return value as { draw: string; e: string };
}
