import DodoPayments from 'dodopayments'

/**
 * The client finds its settings in the environment: DODO_PAYMENTS_BASE_URL, DODO_PAYMENTS_API_KEY, DODO_PAYMENTS_WEBHOOK_KEY. Made
 * with each request, because `next build` loads the routes too, where none of them is set.
 */
export const createClient = () => new DodoPayments()
