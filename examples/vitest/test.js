import { withEmulator } from 'dodo-emulator/vitest'
import { test as base } from 'vitest'
import { openShop } from './shop.js'

/** `test` with an emulator and a shop that uses it, both for each file. */
export const testWith = options => base.extend({
  ...withEmulator(options),
  shop: [async ({ emulator }, use) => {
    const shop = await openShop()
    const { secret } = await emulator.addWebhook(shop.webhookUrl)
    shop.connect({ ...emulator, webhookSecret: secret })
    await use(shop)
    shop.close()
  }, { scope: 'file' }]
})
