/**
 * Sends the e-mails of a sandbox to the server of `--smtp-url`. E-mails are rows, so nothing waits for the server: the mailer
 * polls for rows that are due, and writes the outcome of each attempt. Attempts that fail are repeated, also after a restart.
 * Times are those of the computer, because the server is outside of the sandbox.
 */
import type { Transport } from 'nodemailer'
import type { Sandbox } from '../sandbox/sandbox.js'
import { messageOf, type Email } from './email-message.js'

export interface Mailer {
  start (): void
  /** Closes all connections. Attempts in progress are repeated after the next start. */
  stop (): void
}

export interface MailerOptions {
  sandbox: Pick<Sandbox, 'emails' | 'batch' | 'isOpen'>
  /** `smtp://127.0.0.1:1025`; null sends nothing. */
  smtpUrl: string | null
  /** Milliseconds of the computer's clock. */
  nowMs (): number
  report (error: unknown): void
}

const POLL_EVERY_MS = 250
/** The most attempts in progress, and connections. */
const PARALLEL = 4
const TIMEOUT_MS = 10_000
/** The delays after each failed attempt. After the last one, the e-mail has failed. */
const RETRIES_MS = [1000, 5000, 30_000, 120_000, 600_000]

/** One address, without the characters that would begin another address or another header. */
const SINGLE_ADDRESS = /^[^\s,;:<>()[\]"\\@]{1,64}@[^\s,;:<>()[\]"\\@]{1,255}$/

export function createMailer ({ sandbox, smtpUrl, nowMs, report }: MailerOptions): Mailer {
  const inProgress = new Set<string>()
  let transport: Promise<Transport> | null = null
  let timer: NodeJS.Timeout | undefined

  function poll (): void {
    if (!sandbox.isOpen()) return
    const free = PARALLEL - inProgress.size
    if (free <= 0) return
    for (const email of sandbox.emails.unsent(nowMs(), PARALLEL)) {
      if (inProgress.size >= PARALLEL || inProgress.has(email.email_id)) continue
      inProgress.add(email.email_id)
      attempt(email).catch(report).finally(() => { inProgress.delete(email.email_id) })
    }
  }

  async function attempt (email: Email): Promise<void> {
    if (!SINGLE_ADDRESS.test(email.recipient)) return await record(email.email_id, 'the recipient is not a single address', null)
    const current = transport ??= connect(smtpUrl ?? '')
    const error = await send(email, current).then(() => null, (thrown: Error) => reasonOf(thrown))
    if (transport !== current || !sandbox.isOpen()) return // it was stopped meanwhile
    const delayMs = error === null ? undefined : RETRIES_MS[email.smtp_attempts]
    await record(email.email_id, error, delayMs === undefined ? null : nowMs() + delayMs)
  }

  function record (emailId: string, error: string | null, dueAtMs: number | null): Promise<void> {
    return new Promise((resolve, reject) => {
      sandbox.batch.run(() => { sandbox.emails.recordAttempt(emailId, error, dueAtMs) }, thrown => {
        if (thrown === undefined) resolve()
        else reject(thrown instanceof Error ? thrown : new Error(String(thrown)))
      })
    })
  }

  return {
    start () {
      if (smtpUrl !== null) timer ??= setInterval(poll, POLL_EVERY_MS).unref()
    },
    stop () {
      clearInterval(timer)
      timer = undefined
      transport?.then(opened => { opened.close() }, () => {})
      transport = null
    }
  }
}

/** Loads nodemailer on first use, because few emulators send e-mails. */
async function connect (smtpUrl: string): Promise<Transport> {
  const { createTransport } = await import('nodemailer')
  const { hostname, port, protocol, username, password } = new URL(smtpUrl)
  const isSecure = protocol === 'smtps:'
  const auth = username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }
  return createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (isSecure ? 465 : 25) : Number(port),
    secure: isSecure,
    ...auth,
    pool: true,
    maxConnections: PARALLEL,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS
  })
}

async function send (email: Email, transport: Promise<Transport>): Promise<void> {
  const opened = await transport
  await opened.sendMail(messageOf(email))
}

const REASON_MAX = 500

/** The reason of a failure, in one line. */
function reasonOf ({ message }: Error): string {
  return message.replace(/\s+/g, ' ').slice(0, REASON_MAX)
}
