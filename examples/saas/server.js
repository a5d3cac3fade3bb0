// Set DODO_PAYMENTS_API_KEY, DODO_PAYMENTS_WEBHOOK_KEY, PLAN_MONTHLY and PLAN_YEARLY (see setup.js), and for the emulator
// DODO_PAYMENTS_BASE_URL.
import DodoPayments from 'dodopayments'
import { createApp } from './app.js'

const { DODO_PAYMENTS_BASE_URL: baseURL, DODO_PAYMENTS_WEBHOOK_KEY: webhookKey, PORT = '3000' } = process.env
const { PLAN_MONTHLY: monthly, PLAN_YEARLY: yearly } = process.env
const baseUrl = `http://127.0.0.1:${PORT}`
const client = new DodoPayments(baseURL === undefined ? { environment: 'test_mode' } : {})
createApp({ client, webhookKey, plans: { monthly, yearly }, baseUrl }).listen(Number(PORT), () => { console.log(baseUrl) })
