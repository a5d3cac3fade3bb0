/**
 * `dodo-emulator/playwright`: fixtures with an emulator for each worker and with the checkout page. It imports nothing of
 * Playwright: `export const test = base.extend<CheckoutFixtures, EmulatorFixtures>(fixtures)`.
 */
import { payOnPage, type CardPayment, type CheckoutResult, type PageLike } from './checkout-page.js'
import { openEmulator, type EmulatorOptions, type TestEmulator } from './emulator.js'

export type { CardPayment, CheckoutResult, LocatorLike, PageLike } from './checkout-page.js'
export type { EmulatorOptions, TestEmulator } from './emulator.js'

/** The fixtures of a worker. */
export interface EmulatorFixtures {
  /** The options of the worker's emulator, for `use` in the configuration. */
  emulatorOptions: EmulatorOptions
  /** The emulator of DODO_EMULATOR_URL, which an application in another process uses too, or one that the worker starts. */
  emulator: TestEmulator
}

/** The fixtures of a test. */
export interface CheckoutFixtures {
  checkout: Checkout
}

/** The hosted checkout in a browser. */
export interface Checkout {
  /**
   * Pays with a test card on the hosted page that `page` shows: `await checkout.pay(page, { card: '4000000000000002' })`. Enters
   * details that the page asks for. Resolves to the result that the page shows.
   */
  pay (page: PageLike, payment?: CardPayment): Promise<CheckoutResult>
}

type Use<Value> = (value: Value) => Promise<void>

export interface Fixtures {
  emulatorOptions: [EmulatorOptions, { scope: 'worker', option: true }]
  emulator: [
    (fixtures: Pick<EmulatorFixtures, 'emulatorOptions'>, use: Use<TestEmulator>) => Promise<void>, { scope: 'worker' }
  ]
  checkout: (fixtures: Pick<EmulatorFixtures, 'emulator'>, use: Use<Checkout>) => Promise<void>
}

export const fixtures: Fixtures = {
  emulatorOptions: [{}, { scope: 'worker', option: true }],
  emulator: [async ({ emulatorOptions }, use) => {
    const emulator = await openEmulator(emulatorOptions, 'default sandbox', process.env)
    try {
      await use(emulator)
    } finally {
      await emulator.close()
    }
  }, { scope: 'worker' }],
  async checkout ({ emulator }, use) {
    await emulator.now() // fails clearly if the emulator is gone
    await use({ pay: payOnPage })
  }
}

/** Pays on a hosted page without the fixture. */
export const pay: Checkout['pay'] = payOnPage
