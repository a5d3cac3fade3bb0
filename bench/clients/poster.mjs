// The yardstick for deliveries: signs a body as the emulator does and posts it with fetch, sixteen in parallel. It has no outbox
// and no log.
//   node poster.mjs INBOX_URL BODY_FILE COUNT WARM_UP_COUNT
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { Webhook } = createRequire(new URL('../../package.json', import.meta.url))('standardwebhooks')

const AT_ONCE = 16

const [url, bodyFile, count, warmUpCount] = process.argv.slice(2)
const body = readFileSync(bodyFile, 'utf8')
const secret = `whsec_${Buffer.alloc(24, 'bench').toString('base64')}`

async function post (id) {
  const now = new Date()
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, now, body)
    }
  })
  await response.text()
}

async function postAll (name, total) {
  let next = 0
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (next < total) await post(`msg_${name}_${next++}`)
  }))
}

await postAll('warm', Number(warmUpCount))
await fetch(`${url}/start?expect=${count}`, { method: 'POST' })
await postAll('counted', Number(count))
