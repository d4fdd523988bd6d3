import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { compressedFiles } from './tools/compressed-files.ts';
import { earlyLinks } from './web/early/plugin.ts';
import { offlinePages } from './web/offline/plugin.ts';

const web = resolve(import.meta.dirname, 'web');

/** Pages of patients at `/`, of staff at `/console`, of waiting rooms at `/screen`, of kiosks at `/kiosk`; the server sends them. */
export default defineConfig({
  root: web,
  plugins: [offlinePages(), earlyLinks(), compressedFiles()],
  // The pages are written for React and run on Preact (docs/decisions/0028-preact.md).
  resolve: {
    alias: [
      { find: /^react$/, replacement: 'preact/compat' },
      { find: /^react\/jsx-runtime$/, replacement: 'preact/jsx-runtime' },
      { find: /^react-dom\/client$/, replacement: 'preact/compat/client' },
    ],
  },
  build: {
    outDir: resolve(import.meta.dirname, 'dist/web'),
    emptyOutDir: true,
    // Phones of five years back, and the browser inside WeChat on older ones.
    target: ['es2020', 'chrome87', 'safari14'],
    cssTarget: ['chrome87', 'safari14'],
    // The content security policy allows files of our own only, so nothing becomes a data: URL.
    assetsInlineLimit: 0,
    rollupOptions: {
      input: [
        resolve(web, 'index.html'),
        resolve(web, 'console/index.html'),
        resolve(web, 'screen/index.html'),
        resolve(web, 'kiosk/index.html'),
        resolve(web, 'offline/worker.ts'),
      ],
      output: {
        // The worker stands at the root, where it answers for every page.
        entryFileNames: ({ facadeModuleId }) =>
          facadeModuleId?.endsWith('offline/worker.ts') ? 'sw.js' : 'assets/[name]-[hash].js',
      },
    },
  },
});
