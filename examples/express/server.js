// Set DODO_PAYMENTS_API_KEY and DODO_PAYMENTS_WEBHOOK_KEY and, for the emulator, DODO_PAYMENTS_BASE_URL.
import DodoPayments from 'dodopayments'
import { createApp } from './app.js'

const { DODO_PAYMENTS_BASE_URL: baseURL, PORT = '3000' } = process.env
const client = new DodoPayments(baseURL === undefined ? { environment: 'test_mode' } : {})
createApp(client).listen(Number(PORT), () => { console.log(`http://127.0.0.1:${PORT}`) })
