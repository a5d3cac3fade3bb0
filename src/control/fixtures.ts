/** Control API for fixtures: adds data to a running sandbox. */
import { addFixtures } from '../fixtures/add.js'
import type { Life } from '../fixtures/scenario.js'
import { outsideBatch, type ControlHandlers } from '../contract/handlers.js'

export function fixtureControls (life: Life) {
  return {
    'POST /_emulator/load': outsideBatch(async ({ body, context }) => {
      const { brands, addons, products, customers, discounts, payments, checkouts, webhooks } =
        await addFixtures(body, life, context)
      return {
        brands: brands.map(({ brand_id: id }) => id),
        addons: addons.map(({ addon_id: id }) => id),
        products: products.map(({ product_id: id }) => id),
        customers: customers.map(({ customer_id: id }) => id),
        discounts: discounts.map(({ discount_id: id }) => id),
        payments,
        checkouts,
        webhooks
      }
    })
  } satisfies ControlHandlers
}
