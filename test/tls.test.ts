/** Programs that cannot be pointed elsewhere: https, the proxy, trusting the authority, and webhooks to https endpoints. */
import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request, type RequestOptions } from 'node:http'
import { createServer, request as requestTls } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import t from 'tap'
import { dataFolder } from '../src/config/data-folder.js'
import { openAuthority } from '../src/http/tls/authority.js'
import { start } from '../src/index.js'
import { packagePath } from '../src/root.js'
import { DODO_HOSTS } from '../src/rules/dodo-hosts.js'
import { systemClock } from '../src/sandbox/clock.js'
import { skipVariant } from './effort.js'
import { paymentBody } from './helper.js'
import { runToEnd, temporaryFolder } from './processes.js'

const execute = promisify(execFile)
const folder = temporaryFolder(t)
const emulator = await start({ tls: 0, proxy: 0, tlsFolder: folder })
t.teardown(() => emulator.close())
const { url, tlsUrl, proxyUrl, certificateFile } = emulator
const ca = readFileSync(certificateFile ?? '', 'utf8')

interface Answer { status: number, json: Record<string, string> }

function ask (options: RequestOptions & { ca?: string, servername?: string }, body?: object): Promise<Answer> {
  const isConnected = options.createConnection !== undefined // an agent would ignore it
  const call = options.protocol === 'http:' || isConnected ? request : requestTls
  return new Promise((resolve, reject) => {
    const headers = { authorization: 'Bearer test', 'content-type': 'application/json', ...options.headers }
    call({ ...(isConnected ? {} : { agent: false }), method: body === undefined ? 'GET' : 'POST', ...options, headers }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', part => { text += part }).on('end', () => {
        resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) as Answer['json'] })
      })
    }).on('error', reject).end(body === undefined ? '' : JSON.stringify(body))
  })
}

/** Asks the proxy for a tunnel. */
async function tunnel (target: string): Promise<{ status: number, reason: string, socket: Socket }> {
  const { hostname, port } = new URL(proxyUrl ?? '')
  const asked = request({ hostname, port, method: 'CONNECT', path: target, agent: false }).end()
  const [{ statusCode: status = 0, statusMessage: reason = '' }, socket] = await once(asked, 'connect')
  t.teardown(() => { socket.destroy() })
  return { status, reason, socket }
}

t.test('https with links to the same address', async t => {
  const { port } = new URL(tlsUrl ?? '')
  const calls = { port, ca, path: '/payments' }
  for (const hostname of ['localhost', '127.0.0.1', '::1']) {
    const { status, json } = await ask({ ...calls, hostname }, { ...paymentBody(), payment_link: true })
    t.equal(status, 200, hostname)
    t.match(json['payment_link'], `https://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}/`)
  }
  const named = await ask({ ...calls, path: '/products', hostname: '127.0.0.1', servername: 'shop.test', headers: { host: 'shop.test' } })
  t.equal(named.status, 200, 'a certificate for the name that the client asks for')
  await t.rejects(ask({ port, hostname: 'localhost', path: '/' }), { code: /^(?:SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/ })
})

t.test('the proxy answers for Dodo Payments', async t => {
  for (const host of DODO_HOSTS) {
    const { status, socket } = await tunnel(`${host}:443`)
    t.equal(status, 200)
    const secured = connectTls({ socket, servername: host, ca })
    await once(secured, 'secureConnect')
    const options = { createConnection: () => secured, hostname: host, path: '/payments' }
    const { json } = await ask(options, { ...paymentBody(), payment_link: true })
    t.match(json['payment_link'], `${url}/`, 'links lead to the emulator, which browsers can open')
  }
  const plain = new URL(proxyUrl ?? '')
  const get = (path: string) => ask({ protocol: 'http:', hostname: plain.hostname, port: plain.port, path })
  t.match(await get('http://test.dodopayments.com/products'), { status: 200 })
  t.match(await get('http://example.com/products'), { status: 403, json: { message: /add example\.com to NO_PROXY/ } })
  t.match(await get('/products'), { status: 403, json: { message: /set HTTPS_PROXY/ } })
})

t.test('the proxy refuses everything else', async t => {
  for (const target of ['example.com:443', 'test.dodopayments.com:8443', 'test.dodopayments.com.example.com:443', '127.0.0.1:22', 'x', '[::1]:443']) {
    const { status, reason } = await tunnel(target)
    t.match([status, reason], [403, /is a proxy for test\.dodopayments\.com .* only: add .* to NO_PROXY/], target)
  }
  const { socket } = await tunnel('test.dodopayments.com:443')
  const secured = connectTls({ socket, servername: 'test.dodopayments.com', ca })
  await once(secured, 'secureConnect')
  const { status } = await ask({ createConnection: () => secured, hostname: 'test.dodopayments.com', path: '/_emulator/requests' })
  t.equal(status, 403, 'and the control API')
})

t.test('the names are those of redirect.ts', t => {
  const [, list = ''] = /HOSTS[^[]*\[([^\]]*)\]/.exec(readFileSync(packagePath('src', 'redirect.ts'), 'utf8')) ?? []
  t.strictSame([...list.matchAll(/'([^']+)'/g)].map(([, name]) => name), [...DODO_HOSTS])
  t.end()
})

t.test('the authority is created once, and its key is private', async t => {
  const own = temporaryFolder(t)
  const files = await Promise.all([1, 2, 3].map(async () => {
    await openAuthority(join(own, 'deep'), systemClock())
    return readFileSync(join(own, 'deep', 'ca.pem'), 'utf8')
  }))
  t.equal(new Set(files).size, 1, 'also at the same time')
  t.notMatch(files[0], 'PRIVATE KEY')
  t.equal(statSync(join(own, 'deep', 'ca-with-key.pem')).mode & 0o777, 0o600)
  const later = { now: () => systemClock().now() + 10 * 365 * 86_400_000_000 }
  await openAuthority(join(own, 'deep'), later)
  t.not(readFileSync(join(own, 'deep', 'ca.pem'), 'utf8'), files[0], 'a new one before it expires')
  writeFileSync(join(own, 'deep', 'ca-with-key.pem'), 'broken')
  await t.rejects(openAuthority(join(own, 'deep'), systemClock()), { message: /can't be used: .*--tls-folder/ })
})

t.test('its folder follows the conventions of the system', t => {
  t.equal(dataFolder({}, 'linux', '/home/a'), join('/home/a/.local/share/dodo-emulator'))
  t.equal(dataFolder({ XDG_DATA_HOME: '/data' }, 'linux', '/home/a'), join('/data/dodo-emulator'))
  t.equal(dataFolder({}, 'darwin', '/Users/a'), join('/Users/a/Library/Application Support/dodo-emulator'))
  t.equal(dataFolder({ LOCALAPPDATA: '/local' }, 'win32', '/a'), join('/local/dodo-emulator'))
  t.end()
})

const hasPython = spawnSync('python3', ['--version']).status === 0

t.test('a Python program runs unchanged', { skip: hasPython ? skipVariant : 'needs python3' }, async t => {
  const program = `
import json, urllib.request
call = urllib.request.Request('https://test.dodopayments.com/products', headers={'Authorization': 'Bearer test'})
print(len(json.load(urllib.request.urlopen(call))['items']) > 0)
try: urllib.request.urlopen('https://example.com/')
except OSError as error: print(error)
`
  const env = { PATH: process.env['PATH'] ?? '', HTTPS_PROXY: proxyUrl ?? '', SSL_CERT_FILE: certificateFile ?? '' }
  t.match((await execute('python3', ['-c', program], { env })).stdout, /^True\n.*403 dodo-emulator is a proxy for .*add example\.com to NO_PROXY/)
  const executed = await runToEnd(t, ['exec', '--proxy', '0', '--tls-folder', folder, '--', 'python3', '-c', program])
  t.match([executed.code, executed.stdout], [0, /^True\n/], 'exec sets the variables')
})

t.test('trust prints the file, and how to trust it', async t => {
  const own = join(temporaryFolder(t), 'authority')
  const { code, stdout } = await runToEnd(t, ['trust', '--json'], { env: { TLS_FOLDER: own } })
  const file = join(own, 'ca.pem')
  t.match([code, JSON.parse(stdout)], [0, { certificate: file, variables: { NODE_EXTRA_CA_CERTS: file, SSL_CERT_FILE: file, REQUESTS_CA_BUNDLE: file } }])
  t.ok(existsSync(file))
  const { stdout: text } = await runToEnd(t, ['trust', '--tls-folder', own])
  for (const word of [file, 'NODE_EXTRA_CA_CERTS', 'keytool', 'update-ca-certificates', 'security add-trusted-cert', 'certutil']) t.match(text, word)
})

t.test('webhooks to an https endpoint', async t => {
  const own = temporaryFolder(t)
  const authority = await openAuthority(own, systemClock())
  const receiver = createServer(authority.issue(['localhost', '127.0.0.1']), (_request, response) => { response.end() }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  t.teardown(() => { receiver.closeAllConnections(); receiver.close() })
  const webhookUrl = `https://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  for (const [options, expected] of [
    [{ webhookCa: authority.certificateFile }, { response_status: 200, error: null }],
    [{ webhookInsecure: true }, { response_status: 200, error: null }],
    [{}, { response_status: null, error: /its certificate is not trusted: name its file with --webhook-ca/ }]
  ] as Array<[object, object]>) {
    const sending = await start({ webhookUrl, webhookRetrySchedule: [0], ...options })
    await sending.trigger('payment.succeeded')
    await sending.idle()
    t.match((await sending.deliveries())[0]?.attempts, [expected], JSON.stringify(options))
    await sending.close()
  }
  const empty = join(own, 'empty.pem')
  writeFileSync(empty, 'nothing')
  await t.rejects(start({ webhookCa: empty }), { message: /--webhook-ca .* contains no certificate in PEM/ })
  await t.rejects(start({ webhookCa: join(own, 'missing.pem') }), { message: /--webhook-ca .*ENOENT/ })
})
