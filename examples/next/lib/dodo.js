import DodoPayments from 'dodopayments'

/**
 * The client reads DODO_PAYMENTS_BASE_URL, DODO_PAYMENTS_API_KEY and DODO_PAYMENTS_WEBHOOK_KEY. It is created for each request,
 * because `next build` loads the routes without these variables.
 */
export const createClient = () => new DodoPayments()
