import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

/** Where `npm run dev` finds a collector. */
const DEV_COLLECTOR_URL = 'http://127.0.0.1:4318';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [react()],
  resolve: { conditions: ['slipstream-source', ...defaultClientConditions] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The first of each that knows light-dark(), on which all colours rest.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // The policy allows data: for images only, and an inlined asset would be neither cached nor seen by a scanner.
    assetsInlineLimit: 0,
    // Vite's polyfill would be an inline script, which the content security policy forbids.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { host: '127.0.0.1', proxy: { '/api': DEV_COLLECTOR_URL } },
});
