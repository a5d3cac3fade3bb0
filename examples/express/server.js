// In production: DODO_PAYMENTS_API_KEY, DODO_PAYMENTS_WEBHOOK_KEY. Against an emulator, DODO_PAYMENTS_BASE_URL as well.
import DodoPayments from 'dodopayments'
import { createApp } from './app.js'

const { DODO_PAYMENTS_BASE_URL: baseURL, PORT = '3000' } = process.env
const client = new DodoPayments(baseURL === undefined ? { environment: 'test_mode' } : {})
createApp(client).listen(Number(PORT), () => { console.log(`http://127.0.0.1:${PORT}`) })
