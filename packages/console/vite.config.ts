import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2023',
    // Inlined files would be refused by the policy of the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
