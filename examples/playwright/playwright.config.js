import { defineConfig } from '@playwright/test'

const { CHROMIUM } = process.env // an installed browser, instead of that of `npx playwright install`

export default defineConfig({
  reporter: 'line',
  use: {
    launchOptions: CHROMIUM === undefined ? {} : { executablePath: CHROMIUM, args: ['--no-sandbox'] }
  }
})
