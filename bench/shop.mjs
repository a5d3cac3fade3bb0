// Uses an emulator as a shop and its customers would, with one request or many over some connections. It measures nothing.
import { createPayment, payment } from './payment.mjs'

// Sends a request that must succeed, and returns the reply.
export async function ask (server, method, path, body) {
  const { authorization, 'content-type': contentType } = createPayment.headers
  const response = await fetch(server.url + path, body === undefined
    ? { method, headers: { authorization } }
    : { method, headers: { authorization, 'content-type': contentType }, body: JSON.stringify(body) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text.slice(0, 300)}`)
  return text === '' ? undefined : JSON.parse(text)
}

// Runs a job `count` times, with limited parallelism.
export async function many (count, atOnce, job) {
  let next = 0
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (next < count) await job(next++)
  }))
}

// Sells the benchmark's cart `count` times. Each sale is a succeeded payment and one event.
export async function sell (server, count) {
  await many(count, 32, async () => {
    const { payment_id: id } = await ask(server, 'POST', '/payments', payment)
    await ask(server, 'POST', `/_emulator/payments/${id}/pay`, { outcome: 'succeeded' })
  })
}
