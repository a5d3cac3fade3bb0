import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: ['dodo-emulator/vitest/global-setup'], // one emulator, in which each test file gets a sandbox of its own
    setupFiles: ['./setup.js']
  }
})
