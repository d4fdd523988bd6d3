import { DrawError } from './errors.ts';
import type { BundleFiles } from './files.ts';
import { say } from './sentence.ts';

/**
 * The bundle among files by path: they themselves, or those of the one folder that holds a
 * manifest.json (a zipped or dropped bundle often sits in a folder). DrawError 'bundle' when there is
 * none, or more than one.
 */
export function bundleAmong(files: BundleFiles, source: string): BundleFiles {
  if (files.has('manifest.json')) return files;
  const manifests = [...files.keys()].filter((name) => name.endsWith('/manifest.json'));
  const [manifest] = manifests;
  if (manifest === undefined) {
    throw new DrawError(
      'bundle',
      say(
        `${source} 不是数据包：里面没有 manifest.json。`,
        `${source} is not a bundle: it has no manifest.json.`,
      ),
    );
  }
  if (manifests.length > 1) {
    throw new DrawError(
      'bundle',
      say(
        `${source} 里有 ${manifests.length} 份数据包，请一次只放一份。`,
        `${source} holds ${manifests.length} bundles; give one at a time.`,
      ),
    );
  }
  const top = manifest.slice(0, -'manifest.json'.length);
  const inside = [...files].filter(([name]) => name.startsWith(top));
  return new Map(inside.map(([name, bytes]) => [name.slice(top.length), bytes]));
}
