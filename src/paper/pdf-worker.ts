import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { drawPdf, openFonts, type Fonts } from './pdf.ts';
import type { Sheet } from './sheet.ts';

/** The thread in which paper is drawn: it holds the fonts and answers one sheet after the other. */
const paths = workerData as Record<keyof Fonts, string>;
const fonts = openFonts({ regular: readFileSync(paths.regular), bold: readFileSync(paths.bold) });

parentPort?.on('message', (sheet: Sheet) => {
  drawPdf(sheet, fonts).then(
    (bytes) => parentPort?.postMessage({ bytes }, []),
    (error: unknown) => parentPort?.postMessage({ failed: String(error) }, []),
  );
});
