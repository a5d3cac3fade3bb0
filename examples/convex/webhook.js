// The webhook of a Convex application, for convex/http.ts. It stores the payment with a mutation.
import { createDodoWebhookHandler } from '@dodopayments/convex'

export const webhook = createDodoWebhookHandler({
  onPaymentSucceeded: async (ctx, { data }) => {
    await ctx.runMutation('orders:markAsPaid', { paymentId: data.payment_id, orderId: data.metadata.order })
  }
})
