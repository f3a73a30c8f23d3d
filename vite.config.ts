import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

/** The built-in pages: dashboards/web → dist/web. */
export default defineConfig({
  root: 'dashboards/web',
  plugins: [preact()],
  build: { outDir: '../../dist/web', emptyOutDir: true },
});
