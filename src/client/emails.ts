/** Lists e-mails of the mailbox for tests, and waits for one. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Query } from '../contract/operations.js'
import type { components } from '../contract/control-types.gen.js'
import type { Ask } from './controls.js'
import { allItems } from './events.js'

/** An e-mail that the real service would have sent. */
export type Email = components['schemas']['Email']

export type EmailFilter = Omit<Query<'GET /_emulator/emails'>, 'page_size' | 'page_number'>

const TIMEOUT_MS = 4000
const POLL_EVERY_MS = 20

/** Oldest first, with text and HTML. */
export async function listEmails (ask: Ask, filter: EmailFilter = {}): Promise<Email[]> {
  const items = await allItems(page => ask('GET /_emulator/emails', { query: { ...filter, ...page } }), ({ email_id: id }) => id)
  return await Promise.all(items.map(({ email_id: id }) => read(ask, id)))
}

/** The newest e-mail that matches, as soon as there is one. Rejects after the timeout. */
export async function waitForEmail (ask: Ask, filter: EmailFilter, timeoutMs = TIMEOUT_MS): Promise<Email> {
  const deadline = AbortSignal.timeout(timeoutMs)
  for (;;) {
    const isLast = deadline.aborted
    const { items: [newest] } = await ask('GET /_emulator/emails', { query: { ...filter, page_size: 1 } })
    if (newest !== undefined) return await read(ask, newest.email_id)
    if (isLast) throw new Error(await notFound(ask, filter, timeoutMs))
    await wait(POLL_EVERY_MS)
  }
}

function read (ask: Ask, emailId: string): Promise<Email> {
  return ask('GET /_emulator/emails/{email_id}', { path: { email_id: emailId } })
}

const LISTED = 20

async function notFound (ask: Ask, filter: EmailFilter, timeoutMs: number): Promise<string> {
  const wanted = Object.entries(filter).map(([name, value]) => `${name} ${String(value)}`).join(', ')
  const { items } = await ask('GET /_emulator/emails', { query: { page_size: LISTED } })
  const others = items.map(({ type, to }) => `${type} to ${to}`).reverse().join(', ')
  const about = wanted === '' ? '' : ` with ${wanted}`
  return `no e-mail${about} within ${timeoutMs} ms; the mailbox holds: ${others === '' ? 'nothing' : others}`
}
