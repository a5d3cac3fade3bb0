/** `exec` in a process: the program's environment, its end, signals, the report and the snapshot; and `wait`. */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { launch, runToEnd, startProcess, temporaryFolder, type Ended, type LaunchOptions } from './processes.js'
import { run } from './command-runs.js'
import { skipVariant } from './effort.js'

/** A program that calls the emulator. It prints its result, and ends with the exit code that `body` sets. */
function script (test: Test, body: string): string {
  const file = join(temporaryFolder(test), 'program.mjs')
  writeFileSync(file, `
    const { DODO_PAYMENTS_BASE_URL: url, DODO_PAYMENTS_API_KEY: key } = process.env
    const call = async (path, body, authorization = 'Bearer ' + key) => {
      const headers = { authorization, 'content-type': 'application/json' }
      const response = await fetch(url + path, body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) })
      return { status: response.status, json: await response.json() }
    }
    ${body}
  `)
  return file
}

const exec = (test: Test, options: string[], body: string, launching?: LaunchOptions): Promise<Ended> =>
  runToEnd(test, ['exec', ...options, '--', process.execPath, script(test, body)], launching)

t.test('runs a program against an emulator', async t => {
  t.test('with the variables that it reads, in place of others', async t => {
    const names = ['BASE_URL', 'API_KEY', 'WEBHOOK_KEY', 'EMULATOR_URL'].map(name => `DODO_PAYMENTS_${name}`)
    const before = { DODO_PAYMENTS_BASE_URL: 'https://test.dodopayments.com', DODO_PAYMENTS_API_KEY: 'real', PORT: '1', DATABASE: '/nowhere/x.db' }
    const { code, stdout, stderr } = await exec(t, [], `
      const { status } = await call('/products')
      console.log(JSON.stringify({ status, given: process.env }))
    `, { env: before })
    t.strictSame([code, stderr], [0, ''])
    const { status, given } = JSON.parse(stdout) as { status: number, given: Record<string, string> }
    t.equal(status, 200)
    t.match(given['DODO_PAYMENTS_BASE_URL'], /^http:\/\/127\.0\.0\.1:\d+$/)
    t.equal(given['DODO_PAYMENTS_API_KEY'], 'test')
    t.match(given['DODO_PAYMENTS_WEBHOOK_KEY'], /^whsec_[\w+/]+=*$/)
    t.equal(given['DODO_EMULATOR_URL'], given['DODO_PAYMENTS_BASE_URL'])
    t.ok(names.every(name => name in given))
    t.equal(given['PORT'], '1', 'other variables stay')
  })

  t.test('which ends with its exit code, its output unchanged', async t => {
    const { code, stdout, stderr } = await exec(t, [], "console.log('out'); console.error('err'); process.exitCode = 7")
    t.strictSame({ code, stdout, stderr }, { code: 7, stdout: 'out\n', stderr: 'err\n' })
  })

  t.test('which may have options of the same names, also without --', { skip: skipVariant }, async t => {
    const print = script(t, 'console.log(process.argv.slice(2).join(" "))')
    const { code, stdout } = await runToEnd(t, ['exec', process.execPath, print, '--port', 'none', '--fixtures'])
    t.strictSame([code, stdout], [0, '--port none --fixtures\n'])
  })

  t.test('with the data and the keys of its options', async t => {
    const folder = temporaryFolder(t)
    const fixtures = join(folder, 'mine.json')
    writeFileSync(fixtures, '{"customers":[{"customer_id":"cus_mine","name":"Mine","email":"mine@example.com"}]}')
    const { stdout } = await exec(t, ['--fixtures', fixtures, '--api-keys', 'first,second', '--webhook-url', 'http://127.0.0.1:9/'], `
      const { json } = await call('/customers/cus_mine')
      console.log(json.name, key, (await call('/webhooks')).json.data.length, process.env.DODO_PAYMENTS_WEBHOOK_KEY.slice(0, 6))
    `)
    t.equal(stdout, 'Mine first 1 whsec_\n')
  })

  t.test('for the commands of this package, too', { skip: skipVariant }, async t => {
    const { code, stdout } = await exec(t, [], `
      import { execFileSync } from 'node:child_process'
      await call('/nowhere')
      process.stdout.write(execFileSync(process.execPath, [${JSON.stringify(join(process.cwd(), 'dist/cli.js'))}, 'requests']))
    `)
    t.equal(code, 0)
    t.match(stdout, /404 {2}GET \/nowhere/)
  })
})

t.test('reports', async t => {
  t.test('refused calls of all sandboxes, if the program fails', async t => {
    const { code, stderr } = await exec(t, [], `
      await call('/payments', { customer: {} })
      await call('/payments/pay_missing', undefined, 'Bearer sandbox_mine')
      process.exitCode = 2
    `)
    t.equal(code, 2)
    t.match(stderr, 'dodo-emulator: 2 refused calls:')
    t.match(stderr, /422 {2}POST \/payments .*\n {10}INVALID_REQUEST_BODY: .*product_cart is required/)
    t.match(stderr, /404 {2}GET \/payments\/pay_missing .* \[sandbox mine\]/)
  })

  t.test('failed deliveries', async t => {
    const receiver = await listen(t, 500)
    const { stderr } = await exec(t, ['--webhook-url', receiver], `
      await call('/_emulator/events/trigger', { type: 'payment.succeeded' })
      for (let last; last !== 500;) last = (await call('/_emulator/deliveries')).json.items[0].attempts.at(-1)?.response_status
      process.exitCode = 1
    `)
    t.match(stderr, /dodo-emulator: 1 failed delivery:\ndlv_\w+ {2}payment\.succeeded .* 1 attempt, the last: 500/)
  })

  t.test('the latest twenty of many', { skip: skipVariant }, async t => {
    const { stderr } = await exec(t, [], "for (let n = 0; n < 123; n++) await call('/nothing/' + n)\nprocess.exitCode = 1")
    t.match(stderr, '123 refused calls; the latest 20:')
    t.equal(stderr.match(/404 {2}GET \/nothing/g)?.length, 20)
    t.match(stderr, '/nothing/122')
    t.notMatch(stderr, '/nothing/102 ')
  })

  t.test('nothing, if the program succeeds or the control API is off', async t => {
    t.equal((await exec(t, [], "await call('/nowhere')")).stderr, '')
    const { code, stderr } = await exec(t, ['--control', 'off'], "await call('/nowhere'); process.exitCode = 4")
    t.strictSame({ code, stderr }, { code: 4, stderr: '' })
  })

  t.test('a deprecated operation once', { skip: skipVariant }, async t => {
    const { stderr } = await exec(t, [], `
      const address = { country: 'US', city: 'New York', state: 'NY', street: 'Wall Street 1', zipcode: '10005' }
      for (const name of ['Ada', 'Bea', 'Cleo']) {
        const customer = { name, email: 'buyer@example.com' }
        const { status } = await call('/payments', { billing: address, customer, product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] })
        if (status !== 200) throw new Error(String(status))
      }
      process.exitCode = 1
    `)
    t.equal(stderr.match(/POST \/payments is deprecated/g)?.length, 1)
    t.match(stderr, 'dodo-emulator: 1 call with a warning:')
  })

  t.test('ignored fields, with --fail-on-ignored', async t => {
    const ignores = "await call('/customers', { name: 'A', email: 'a@example.com', nickname: 'b' })"
    t.equal((await exec(t, [], ignores)).code, 0)
    const { code, stderr } = await exec(t, ['--fail-on-ignored'], ignores)
    t.equal(code, 1)
    t.match(stderr, /1 call with ignored fields:\n.*POST \/customers.*\n {10}ignored: nickname/)
    t.equal((await exec(t, ['--fail-on-ignored'], `${ignores}; process.exitCode = 5`)).code, 5, "the program's exit code has priority")
  })
})

t.test('--export-on-exit', async t => {
  t.test('writes a snapshot that an emulator can start from', async t => {
    const file = join(temporaryFolder(t), 'state.db')
    const creates = "await call('/customers', { name: 'Kept', email: 'kept@example.com' })"
    t.equal((await exec(t, ['--export-on-exit', file], creates)).code, 0)
    const { stdout } = await exec(t, ['--from-snapshot', file], `
      console.log((await call('/customers?email=kept@example.com')).json.items.map(({ name }) => name).join())
    `)
    t.equal(stdout, 'Kept\n')
  })

  t.test('fails if the file cannot be written', { skip: skipVariant }, async t => {
    const { code, stderr } = await exec(t, ['--export-on-exit', '/nowhere/state.db'], '')
    t.equal(code, 1)
    t.match(stderr, /^dodo-emulator: exec: --export-on-exit: .*\/nowhere\/state\.db/)
  })
})

t.test('refuses', async t => {
  t.test('options that contradict each other', async t => {
    for (const [args, complaint] of [
      [['--control', 'off', '--export-on-exit', 'x.db'], '--export-on-exit excludes --control off'],
      [['--control', 'off', '--fail-on-ignored'], '--fail-on-ignored reads the request log'],
      [['--request-log', '0', '--fail-on-ignored'], '--fail-on-ignored reads the request log']
    ] as Array<[string[], string]>) t.match(await run(['exec', ...args, '--', 'true']), { code: 2, stderr: complaint })
  })

  t.test('a missing command', async t => {
    const { code, stderr } = await run(['exec', '--port', '0'])
    t.equal(code, 2)
    t.match(stderr, "missing required argument 'command'")
  })

  t.test('a command that does not exist or cannot run', async t => {
    const file = join(temporaryFolder(t), 'data.txt')
    writeFileSync(file, 'not a program')
    const { code, stderr } = await runToEnd(t, ['exec', '--', 'no-such-program', '--flag'])
    t.strictSame({ code, stderr }, { code: 127, stderr: 'dodo-emulator: exec: no-such-program: there is no such command\n' })
    t.equal((await runToEnd(t, ['exec', '--', file])).code, 126)
  })

  t.test('an invalid option, before the program starts', async t => {
    const { code, stdout, stderr } = await exec(t, ['--tax', 'perhaps'], "console.log('started')")
    t.strictSame([code, stdout], [2, ''])
    t.match(stderr, '--tax')
  })
})

t.test('signals', async t => {
  const WAITS = "console.log('ready'); setInterval(() => {}, 1000)"
  const started = async (test: Test, body: string) => {
    const launched = launch(test, ['exec', '--', process.execPath, script(test, body)])
    while (!launched.output().includes('ready')) await wait(20)
    return launched
  }

  t.test('reach the program, which decides how both end', async t => {
    const { kill, ended } = await started(t, `process.on('SIGTERM', () => { console.log('cleaned up'); process.exit(9) }); ${WAITS}`)
    kill('SIGTERM')
    const { code, stdout } = await ended
    t.strictSame([code, stdout], [9, 'ready\ncleaned up\n'])
  })

  t.test('end both, if the program does not handle them', { skip: skipVariant }, async t => {
    const { kill, ended } = await started(t, WAITS)
    kill('SIGTERM')
    t.equal((await ended).code, null)
  })
})

t.test('wait', async t => {
  t.test('returns once an emulator answers', async t => {
    const { port } = await startProcess(t)
    t.strictSame(await run(['wait', '--port', String(port)]), { code: 0, stdout: '', stderr: '' })
  })

  t.test('returns when the emulator starts later', async t => {
    const server = createServer((_request, response) => { response.end('{"status":"ok"}') })
    await listening(server, 0)
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    const waited = run(['wait', '--port', String(port), '--timeout', '60s'])
    await wait(150)
    await listening(server, port)
    t.teardown(() => { server.closeAllConnections(); server.close() })
    t.equal((await waited).code, 0)
  })

  t.test('fails after the timeout, and at once if another program answers', async t => {
    const { code, stderr } = await run(['wait', '--port', '1', '--timeout', '0s'])
    t.equal(code, 3)
    t.match(stderr, '127.0.0.1:1')
    t.equal((await run(['wait', '--url', await listen(t, 404), '--timeout', '1h'])).code, 1)
    t.equal((await run(['wait', '--timeout', 'soon'])).code, 2)
  })
})

/** The URL of a server that answers every request with this status. */
async function listen (test: Test, status: number): Promise<string> {
  const server = createServer((request, response) => { request.resume(); response.writeHead(status).end() })
  test.teardown(() => { server.closeAllConnections(); server.close() })
  await listening(server, 0)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function listening (server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
}
