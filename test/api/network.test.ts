/**
 * No network call that the user did not ask for. The command runs with a trap that records and fails everything that would leave the
 * process: connections, name look-ups, fetch, datagrams, other programs. And the source holds no address that could be called.
 */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { packagePath } from '../../src/root.js'
import { paymentBody } from '../helper.js'
import { connect, freePort, runToEnd, startProcess, stop, temporaryFolder } from '../processes.js'

/** Preloaded before the emulator. Node's "look-up" of an IP address stays in the process. */
const TRAP = `
const { appendFileSync } = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')
const net = require('node:net')
const dns = require('node:dns')
const dgram = require('node:dgram')
const processes = require('node:child_process')

function forbid (owner, name, isHarmless = () => false) {
  const original = owner[name]
  if (typeof original !== 'function') return
  owner[name] = function (...args) {
    if (isHarmless(args)) return original.apply(this, args)
    const what = name + ' ' + args.map(arg => typeof arg === 'function' ? '' : JSON.stringify(arg)).join(' ')
    appendFileSync(process.env.NETWORK_LOG, what.trim() + '\\n')
    throw new Error('the network was asked for: ' + what)
  }
}

forbid(net.Socket.prototype, 'connect')
for (const names of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
  for (const name of Object.getOwnPropertyNames(names)) {
    if (/^(lookup|resolve|reverse)/.test(name)) forbid(names, name, ([host]) => net.isIP(host) !== 0)
  }
}
for (const name of ['connect', 'send', 'bind']) forbid(dgram.Socket.prototype, name)
for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']) forbid(processes, name)
for (const name of ['fetch', 'WebSocket', 'EventSource']) forbid(globalThis, name)
syncBuiltinESMExports()
`

interface Trap {
  node: string[]
  env: Record<string, string>
  /** The recorded calls, one a line. */
  recorded (): string[]
}

function setTrap (test: Test): Trap {
  const folder = temporaryFolder(test)
  const log = join(folder, 'log.txt')
  writeFileSync(join(folder, 'trap.cjs'), TRAP)
  return {
    node: ['--require', join(folder, 'trap.cjs')],
    env: { NETWORK_LOG: log },
    recorded: () => existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []
  }
}

t.test('the trap catches everything that leaves the process', async t => {
  const attempts: Record<string, RegExp> = {
    "fetch('http://shop.example/')": /^fetch "http:\/\/shop\.example\/"$/,
    "require('http').get('http://127.0.0.1:9/')": /^connect /,
    "require('https').get('https://shop.example/')": /^(?:connect|lookup) /,
    "require('net').connect(9, '127.0.0.1')": /^connect /,
    "require('dns').lookup('shop.example', () => {})": /^lookup "shop\.example"/,
    "require('dns').promises.resolve4('shop.example')": /^resolve4 /,
    "new (require('dns').Resolver)().resolveTxt('shop.example', () => {})": /^resolveTxt /,
    "require('dgram').createSocket('udp4').send('x', 53, '127.0.0.1')": /^send /,
    "require('child_process').exec('curl shop.example')": /^exec /,
    "import('node:net').then(({ connect }) => connect(9, '127.0.0.1'))": /^connect /,
    "import('node:child_process').then(({ spawn }) => spawn('curl'))": /^spawn /
  }
  await Promise.all(Object.entries(attempts).map(async ([code, expected]) => {
    const trap = setTrap(t)
    const env = { PATH: process.env['PATH'], ...trap.env }
    await t.rejects(promisify(execFile)(process.execPath, [...trap.node, '--eval', code], { env }), { code: 1 }, code)
    t.match(trap.recorded()[0], expected, code)
  }))
})

t.test('the emulator makes no network call from start to end', async t => {
  const trap = setTrap(t)
  const emulator = await startProcess(t, [], { node: trap.node, env: trap.env })
  const { get, pay, send } = connect(t, emulator.url)
  for (let n = 0; n < 5; n++) {
    const { status, json } = await pay(paymentBody({
      customer: { email: `buyer${n}@example.com` },
      payment_link: true,
      return_url: 'http://shop.example/thanks',
      discount_code: 'SAVE10'
    }))
    t.equal(status, 200)
    t.equal((await get(`/payments/${json.payment_id}`)).status, 200)
  }
  const taxed = paymentBody({ billing: { country: 'DE' }, tax_id: 'DE136695976' })
  t.equal((await pay(taxed)).status, 200, 'tax ids are checked offline')
  t.equal((await pay({})).status, 422)
  const pages = ['/docs', '/docs/start.js', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui.css']
  for (const path of ['/payments', '/_emulator/health', '/openapi.json', ...pages]) t.equal((await get(path)).status, 200, path)
  t.equal((await send('GET', '/nowhere')).status, 404)
  t.strictSame(await stop(emulator).then(({ code, stderr }) => [code, stderr]), [0, ''])
  t.strictSame(trap.recorded(), [])
})

t.test('`health` calls only the emulator; help and version make no call', async t => {
  const trap = setTrap(t)
  const port = await freePort()
  for (const args of [['--help'], ['--version'], ['start', '--help']]) t.equal((await runToEnd(t, args, trap)).code, 0)
  t.strictSame(trap.recorded(), [])
  t.equal((await runToEnd(t, ['health', '--port', String(port)], trap)).code, 1)
  t.equal(trap.recorded().length, 1)
  const [connection = ''] = trap.recorded()
  t.match(connection, /^connect .*"host":"127\.0\.0\.1"/)
  t.match(connection, new RegExp(`"port":"?${port}\\b`))
})

/** The name of a language, which begins like an address. */
const NAMESPACE = 'http://www.w3.org/2000/svg'

/** Reserved names (RFC 2606, RFC 6761), and this computer. */
const NOBODY = /^(?:127\.0\.0\.1|localhost|(?:.+\.)?example(?:\.com|\.net|\.org)?|.+\.(?:test|invalid))$/

const URLS = /\b(?:https?|wss?|ftp):\/\/([^\s/:"'?#`]*)/gi

/** The test mode of Dodo Payments, which the command `compare` calls on request. */
const ON_REQUEST = 'compare/guard.ts: https://test.dodopayments.com'

t.test('the source holds no address that could be called', async t => {
  const files = readdirSync(packagePath('src'), { recursive: true, encoding: 'utf8' }).filter(name => /\.(?:ts|mjs)$/.test(name))
  t.ok(files.length > 40)
  for (const name of files) {
    const text = readFileSync(packagePath('src', name), 'utf8')
    if (!text.includes('://')) continue // parsing takes most of the time
    const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest)
    const visit = (node: ts.Node): void => {
      if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
        for (const [url, host = ''] of node.text.replaceAll(NAMESPACE, '').matchAll(URLS)) {
          const isPart = host === '' && ts.isTemplateHead(node) // // a host follows: the user's, or this computer
          const isNamed = host === '' && node.text.includes(' ') // // a sentence about the scheme
          t.ok(isPart || isNamed || NOBODY.test(host) || `${name}: ${url}` === ON_REQUEST, `${name}: ${url}`)
        }
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
  }
})
