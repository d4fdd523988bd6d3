import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const web = resolve(import.meta.dirname, 'web');

/** Two pages: the patients' at `/`, the staff's at `/console/`. The server sends what is built here. */
export default defineConfig({
  root: web,
  plugins: [react()],
  build: {
    outDir: resolve(import.meta.dirname, 'dist/web'),
    emptyOutDir: true,
    target: 'es2020',
    // The content security policy allows files of our own only, so nothing becomes a data: URL.
    assetsInlineLimit: 0,
    rollupOptions: {
      input: [resolve(web, 'index.html'), resolve(web, 'console/index.html')],
    },
  },
});
