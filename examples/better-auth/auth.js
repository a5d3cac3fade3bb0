// Accounts with Better Auth, whose users buy: as @dodopayments/better-auth documents it, with nothing in it that knows the emulator.
import { checkout, dodopayments, portal, webhooks } from '@dodopayments/better-auth'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import DodoPayments from 'dodopayments'

/** `tables` are the database, `onPaid` is called with each payment that has succeeded. */
export function createAuth ({ baseURL, webhookKey, tables, onPaid }) {
  return betterAuth({
    baseURL,
    secret: 'only for this example: at least 32 characters',
    telemetry: { enabled: false },
    database: memoryAdapter(tables),
    emailAndPassword: { enabled: true },
    plugins: [dodopayments({
      client: new DodoPayments({ bearerToken: 'test', environment: 'test_mode' }),
      createCustomerOnSignUp: true,
      use: [
        checkout({ products: [{ productId: 'pdt_ebook', slug: 'ebook' }], successUrl: '/thanks', authenticatedUsersOnly: true }),
        portal(),
        webhooks({ webhookKey, onPaymentSucceeded: async ({ data }) => onPaid(data) })
      ]
    })]
  })
}
