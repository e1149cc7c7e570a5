import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `ASSAY_URL` names the server that the development server passes requests on to. */
const target = process.env.ASSAY_URL ?? 'http://127.0.0.1:3000';
const passed = ['/api', '/score', '/v1', '/health', '/ready', '/metrics', '/docs', '/openapi.json'];

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    target: 'es2023',
    // Everything is a file of its own: a strict Content-Security-Policy allows neither inline scripts nor data: fonts.
    assetsInlineLimit: 0,
    // The polyfill is an inline script, and every browser of the target has the real thing.
    modulePreload: { polyfill: false },
    // The server owns other paths under /assets/.
    assetsDir: 'assets',
    reportCompressedSize: true,
    chunkSizeWarningLimit: 500,
    rolldownOptions: {
      output: {
        // What every page begins with is one file: each of some forty that pages share would come with a request's headers, and be
        // compressed alone.
        codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] },
      },
    },
  },
  server: {
    proxy: {
      ...Object.fromEntries(passed.map((path) => [path, { target, changeOrigin: false }])),
      '/ws': { target, ws: true, changeOrigin: false },
    },
  },
});
