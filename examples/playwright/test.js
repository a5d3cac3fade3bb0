import { test as base } from '@playwright/test'
import { fixtures } from 'dodo-emulator/playwright'
import { matchers } from 'dodo-emulator/testing'
import { expect as plain } from '@playwright/test'
import { openShop } from './shop.js'

export const expect = plain.extend(matchers)

/** `test` with an emulator and a shop that uses it, both for each worker. */
export const test = base.extend({
  ...fixtures,
  shop: [async ({ emulator }, use) => {
    const shop = await openShop()
    const { secret } = await emulator.addWebhook(shop.webhookUrl)
    shop.connect({ ...emulator, webhookSecret: secret })
    await use(shop)
    shop.close()
  }, { scope: 'worker' }]
})
