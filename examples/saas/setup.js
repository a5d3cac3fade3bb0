// Creates the products and the webhook endpoint, and prints the settings for server.js.
import DodoPayments from 'dodopayments'
import { createPlans, createWebhook } from './plans.js'

const { DODO_PAYMENTS_BASE_URL: baseURL, WEBHOOK_URL = 'http://127.0.0.1:3000/webhook' } = process.env
const client = new DodoPayments(baseURL === undefined ? { environment: 'test_mode' } : {})
const { monthly, yearly } = await createPlans(client)
console.log(`PLAN_MONTHLY=${monthly}`)
console.log(`PLAN_YEARLY=${yearly}`)
console.log(`DODO_PAYMENTS_WEBHOOK_KEY=${await createWebhook(client, WEBHOOK_URL)}`)
