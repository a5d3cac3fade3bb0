// The webhook of a Convex application, which belongs into convex/http.ts: it stores the payment by a mutation.
import { createDodoWebhookHandler } from '@dodopayments/convex'

export const webhook = createDodoWebhookHandler({
  onPaymentSucceeded: async (ctx, { data }) => {
    await ctx.runMutation('orders:markAsPaid', { paymentId: data.payment_id, orderId: data.metadata.order })
  }
})
