import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Sheet } from './sheet.ts';

export type Drawer = {
  draw(sheet: Sheet): Promise<Buffer>;
  /** Ends the thread; a sheet being drawn is refused. */
  close(): Promise<void>;
};

function fontPaths(): { regular: string; bold: string } {
  const meta = createRequire(import.meta.url).resolve('@embedpdf/fonts-sc');
  const folder = join(meta, '../../fonts');
  return {
    regular: join(folder, 'NotoSansHans-Regular.otf'),
    bold: join(folder, 'NotoSansHans-Medium.otf'),
  };
}

/**
 * Draws sheets in a thread of its own, one at a time: embedding a Chinese font computes for a quarter
 * of a second, and the hours of writing are hours of booking.
 */
export function createDrawer(): Drawer {
  const worker = new Worker(new URL('./pdf-worker.ts', import.meta.url), {
    workerData: fontPaths(),
  });
  let closed: Error | undefined;
  let waiting: PromiseWithResolvers<Buffer> | undefined;
  const end = (error: Error): void => {
    closed ??= error;
    waiting?.reject(closed);
    waiting = undefined;
  };
  worker.on('message', (answer: { bytes?: Uint8Array; failed?: string }) => {
    if (answer.bytes) waiting?.resolve(Buffer.from(answer.bytes));
    else waiting?.reject(new Error(answer.failed ?? 'the sheet could not be drawn'));
    waiting = undefined;
  });
  worker.on('error', end);
  worker.on('exit', () => end(new Error('the drawing thread ended')));
  return {
    draw: (sheet) => {
      if (closed) return Promise.reject(closed);
      if (waiting) return Promise.reject(new Error('one sheet is drawn at a time'));
      waiting = Promise.withResolvers<Buffer>();
      worker.postMessage(sheet, []);
      return waiting.promise;
    },
    close: async () => {
      end(new Error('the drawing thread was closed'));
      await worker.terminate();
    },
  };
}
