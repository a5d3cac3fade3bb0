/** Commands that run in the process of a test, and valid arguments for each of them. */
import { writeFileSync } from 'node:fs'
import type { Argument, Command, Option } from 'commander'
import type { Test } from 'tap'
import { createProgram, type LocalCommands } from '../src/commands/program.js'
import { runCommandLine } from '../src/commands/run.js'
import type { Config } from '../src/config/config.js'
import { packagePath } from '../src/root.js'
import { paymentBody, type TestEmulator } from './helper.js'
import { temporaryFolder } from './processes.js'

interface Run {
  code: number
  stdout: string
  stderr: string
}

/** Records the options instead of starting an emulator. */
export function fakes (): LocalCommands & { started: Config[] } {
  const started: Config[] = []
  return {
    started,
    start: async config => { started.push(config) },
    checkFixtures: async () => {},
    importAccount: async () => {},
    init: async () => {},
    compare: async () => {},
    createAuthority: async folder => `${folder}/ca.pem`,
    mcp: async () => {},
    exec: async config => { started.push(config) }
  }
}

/** Runs a command line in this process. */
export async function run (args: string[], { env = {}, local = fakes() }: { env?: Record<string, string>, local?: LocalCommands } = {}): Promise<Run> {
  const { log, error } = console
  const lines = { stdout: [] as unknown[], stderr: [] as unknown[] }
  console.log = text => { lines.stdout.push(text) }
  console.error = text => { lines.stderr.push(text) }
  try {
    const code = await runCommandLine(args, { env, local })
    return { code, stdout: lines.stdout.join('\n'), stderr: lines.stderr.join('\n') }
  } finally {
    Object.assign(console, { log, error })
  }
}

/** Like `run`, with a line break after every line, as a process prints them. */
export async function runLines (args: string[]): Promise<Run> {
  const { code, stdout, stderr } = await run(args)
  const lines = (text: string) => text === '' ? '' : `${text}\n`
  return { code, stdout: lines(stdout), stderr: lines(stderr) }
}

const { program } = createProgram({ env: {}, local: fakes() })

/** `clock set`, with its options and arguments. */
interface Leaf {
  name: string
  options: readonly Option[]
  arguments: readonly Argument[]
}

function leavesOf (command: Command, path: string[] = []): Leaf[] {
  return command.commands.flatMap(child => {
    const name = [...path, child.name()]
    const own = { name: name.join(' '), options: child.options, arguments: child.registeredArguments }
    return child.commands.length > 0 ? leavesOf(child, name) : [own]
  })
}

export const leaves = leavesOf(program)
export const LOCAL = ['start', 'exec', 'import', 'fixtures check', 'completion', 'init', 'compare', 'trust', 'mcp']
export const clients = leaves.filter(({ name }) => !LOCAL.includes(name))

/** Arguments with which a command succeeds in a sandbox filled by `prepare`. */
export function validArguments (name: string, {
  subscription, grant, pendingGrant, licenseKey, email, payment, paid, dispute, payout, refund, event, delivery, file, folder
}: Prepared): string[] {
  const valid: Record<string, string[]> = {
    pay: [payment],
    expire: [payment],
    abandon: [payment],
    settle: [refund],
    dispute: [paid],
    'settle-dispute': [dispute, 'won'],
    'ledger-entry': ['adjustment', '500'],
    payout: ['--amount', '600', '--ignore-threshold'],
    'settle-payout': [payout, 'success'],
    explain: [payment],
    usage: ['cus_ada', 'api.call'],
    'subscriptions renew': [subscription],
    'subscriptions decline-next': [subscription],
    'grants accept': [pendingGrant],
    'grants deliver': [pendingGrant],
    'grants fail': [pendingGrant],
    'grants revoke': [pendingGrant],
    'grants restore': [grant],
    'license-keys expire': [licenseKey],
    'license-keys disable': [licenseKey],
    'license-keys enable': [licenseKey],
    'emails show': [email],
    'due retry': ['refund.settle', refund],
    'due drop': ['refund.settle', refund],
    'clock advance': ['1s'],
    'clock until': [subscription, 'renewed'],
    'clock set': ['2030-01-31T12:00:00Z'],
    'webhooks listen': ['http://127.0.0.1:9/webhook'],
    trigger: ['payment.failed'],
    'events replay': [event],
    'deliveries retry': [delivery],
    'deliveries fail': ['duplicate'],
    fail: ['*', '--status', '500', '--times', '1'],
    load: [file],
    'snapshot take': ['taken'],
    'snapshot restore': ['kept'],
    'snapshot delete': ['spare'],
    'snapshot export': ['kept', `${folder}/kept.db`],
    'sandboxes create': ['mine'],
    'sandboxes delete': ['other'],
    'fixtures check': [file],
    import: ['--api-key', 'key'],
    compare: ['--api-key', 'key'],
    exec: ['npm', 'test'],
    completion: ['bash'],
    init: [`${folder}/dodo-emulator.config.yaml`],
    wait: ['--timeout', '0s']
  }
  return valid[name] ?? []
}

interface Prepared {
  session: string
  subscription: string
  /** A grant that is Revoked. */
  grant: string
  /** A grant that waits for the customer's account. */
  pendingGrant: string
  licenseKey: string
  email: string
  payment: string
  /** A succeeded payment. */
  paid: string
  dispute: string
  payout: string
  refund: string
  event: string
  delivery: string
  /** Fixtures. */
  file: string
  folder: string
}

/** Creates grants of both kinds, a licence key and an e-mail. */
async function prepareGrants (call: TestEmulator['call'], key: string) {
  const post = async (url: string, body: object) => (await call('POST', url, { body, key })).json as Record<string, string>
  const { id: entitlement } = await post('/entitlements', {
    name: 'Source', integration_type: 'github', integration_config: { target_id: 'acme/source', permission: 'pull' }
  })
  await call('PATCH', '/products/pdt_ebook', { body: { entitlements: [{ entitlement_id: entitlement }] }, key })
  for (const customer of ['cus_ada', 'cus_grace']) {
    const { payment_id: id } = await post('/payments', paymentBody({ customer: { customer_id: customer } }))
    await post(`/_emulator/payments/${id}/pay`, { outcome: 'succeeded' })
  }
  const { json } = await call('GET', '/_emulator/grants', { key })
  const [pending, other] = (json as { items: Array<{ id: string }> }).items
  await post(`/_emulator/grants/${other?.id}/revoke`, {})
  const { id: licenseKey = '' } = await post('/license_keys', { key: 'AAAA', customer_id: 'cus_ada', product_id: 'pdt_license' })
  const { json: mailbox } = await call('GET', '/_emulator/emails', { key })
  const [email] = (mailbox as { items: Array<{ email_id: string }> }).items
  return { grant: other?.id ?? '', pendingGrant: pending?.id ?? '', licenseKey, email: email?.email_id ?? '' }
}

/** Creates one of everything that a command can name, in its own sandbox. The endpoint has no listener. */
export async function prepare (t: Test, { call }: TestEmulator, sandbox: string): Promise<Prepared> {
  const key = `sandbox_${sandbox}`
  const post = async (url: string, body: object) => (await call('POST', url, { body, key })).json as Record<string, string>
  await post('/webhooks', { url: 'http://127.0.0.1:9/webhook' })
  const { payment_id: paid = '' } = await post('/payments', paymentBody())
  await post(`/_emulator/payments/${paid}/pay`, { outcome: 'succeeded' })
  const { refund_id: refund = '' } = await post('/refunds', { payment_id: paid })
  for (const name of ['kept', 'spare']) await post('/_emulator/snapshots', { name })
  await post('/_emulator/sandboxes', { name: 'other' })
  const { json } = await call('GET', '/_emulator/deliveries', { key })
  const [delivery] = (json as { items: Array<{ delivery_id: string, event_id: string }> }).items
  const { payment_id: payment = '' } = await post('/payments', paymentBody({ payment_link: true }))
  const folder = temporaryFolder(t)
  const file = `${folder}/more.json`
  writeFileSync(file, '{"customers":[{"customer_id":"cus_more","name":"Mo","email":"mo@example.com"}]}')
  const { session_id: session = '' } = await post('/checkouts', { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] })
  const { subscription_id: subscription = '', payment_id: first } = await post('/subscriptions', {
    product_id: 'pdt_pro_monthly', quantity: 1, customer: { customer_id: 'cus_ada' }, billing: { country: 'US' }
  })
  await post(`/_emulator/payments/${first}/pay`, { outcome: 'succeeded' })
  const { dispute_id: dispute = '' } = await post(`/_emulator/payments/${first}/dispute`, {})
  await post('/_emulator/ledger/entries', { event_type: 'adjustment', amount: 100_000 })
  const { payout_id: payout = '' } = await post('/_emulator/payouts', { amount: 10_000, status: 'in_progress' })
  const { event_id: event = '', delivery_id: deliveryId = '' } = delivery ?? {}
  const granted = await prepareGrants(call, key)
  return { ...granted, session, subscription, payment, paid, dispute, payout, refund, event, delivery: deliveryId, file, folder }
}

/** Prepares a sandbox once, and returns a function that restores it to that state, with one call in its request log. */
export async function prepareOnce (t: Test, emulator: TestEmulator, sandbox: string) {
  const prepared = await prepare(t, emulator, sandbox)
  const key = `sandbox_${sandbox}`
  await emulator.call('POST', '/_emulator/snapshots', { body: { name: 'prepared' }, key })
  return {
    prepared,
    restore: async () => {
      await emulator.call('POST', '/_emulator/snapshots/prepared/restore', { key })
      await emulator.call('GET', '/payments', { key })
    }
  }
}

/** Valid ids that do not exist. */
export const UNKNOWN: Prepared = {
  session: 'cks_1',
  subscription: 'sub_1',
  grant: 'entg_1',
  pendingGrant: 'entg_2',
  licenseKey: 'lic_1',
  email: 'eml_1',
  payment: 'pay_1',
  paid: 'pay_1',
  dispute: 'dp_1',
  payout: 'pyt_1',
  refund: 'ref_1',
  event: 'msg_1',
  delivery: 'dlv_1',
  file: packagePath('fixtures', 'examples', 'shop.yaml'),
  folder: '/nowhere'
}

/** Sends SIGINT to a command that runs until Ctrl-C, once it listens for it. */
export function pressCtrlC (name: string): void {
  if (name !== 'webhooks listen') return
  const before = process.listenerCount('SIGINT')
  const timer = setInterval(() => {
    if (process.listenerCount('SIGINT') === before) return
    clearInterval(timer)
    process.emit('SIGINT', 'SIGINT')
  }, 20)
}
