import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** For `vite dev`: where a hub answers the page's calls. */
const hub = 'http://127.0.0.1:8787'

export default defineConfig({
  base: '/connect/',
  plugins: [react()],
  build: {
    // The hub's Content-Security-Policy: files only, nothing inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/v1': hub } },
})
