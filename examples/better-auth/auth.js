// Accounts with Better Auth whose users buy, as documented by @dodopayments/better-auth. It contains no code for the emulator.
import { checkout, dodopayments, portal, webhooks } from '@dodopayments/better-auth'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import DodoPayments from 'dodopayments'

/** `tables` is the database. `onPaid` is called with each succeeded payment. */
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
