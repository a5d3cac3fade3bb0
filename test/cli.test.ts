/** The built command as a process: its output, its data, and its errors. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect as connectSocket, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import t, { type Test } from 'tap'
import { OPTIONS, readConfig, type OptionName } from '../src/config/config.js'
import { SetupError } from '../src/errors.js'
import { VERSION } from '../src/root.js'
import { isThorough } from './effort.js'
import { paymentBody } from './helper.js'
import { COMMAND, connect, freePort, launch, runToEnd, startProcess, stop, temporaryFolder, type LaunchOptions } from './processes.js'

/** Resolves once a condition holds. */
async function until (isTrue: () => boolean): Promise<void> {
  for (let times = 0; times < 1200 && !isTrue(); times++) await wait(50)
}

function isRunning (pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** The error line of a command that must end with one line on stderr, no stack, nothing on stdout, and a non-zero exit code. */
async function refusal (test: Test, args: string[], options: LaunchOptions & { code?: number } = {}): Promise<string> {
  const { code, stdout, stderr } = await runToEnd(test, args, options)
  test.equal(code, options.code ?? 1, `exit code of ${args.join(' ')}`)
  test.equal(stdout, '', 'nothing on stdout')
  test.match(stderr, /^[^\n]+\n$/, 'one line, no stack')
  return stderr
}

t.test('runs', async t => {
  t.test('start with only a free port: prints a greeting, creates the data folder, answers', async t => {
    const emulator = await startProcess(t)
    t.ok(existsSync(join(emulator.folder, 'data/emulator.db')), 'the default path, below the working directory')
    const { status, json } = await connect(t, emulator.url).pay(paymentBody({ payment_link: true }))
    t.equal(status, 200)
    t.match(json.payment_link, new RegExp(`^${emulator.url}/`))
    const { code, stdout, stderr } = await stop(emulator)
    t.equal(code, 0)
    t.equal(stderr, '')
    t.equal(stdout, [
      `dodo-emulator ${VERSION} listens on ${emulator.url}`,
      '',
      '  Data         in ./data/emulator.db',
      `  Dashboard    ${emulator.url}/`,
      `  API docs     ${emulator.url}/docs`,
      '',
      'Set these for your program, and do not set an environment in its client:',
      '',
      `  DODO_PAYMENTS_BASE_URL=${emulator.url}`,
      '  DODO_PAYMENTS_API_KEY=test   (any key is accepted)',
      '',
      ''
    ].join('\n'))
  })

  t.test('without a command, as start', async t => {
    const emulator = launch(t, ['--port', '0', '--database', ':memory:', '--control', 'off'])
    await emulator.greeted
    const { code, stdout } = await stop(emulator)
    t.equal(code, 0)
    t.match(stdout, 'in memory, lost when the emulator stops')
    t.notMatch(stdout, 'Dashboard', 'where there is no dashboard, none is named')
  })

  t.test('on a port that fetch refuses, with a warning', async t => {
    for (const port of [6666, 6667, 6668, 10080]) {
      const emulator = launch(t, ['--port', String(port), '--database', ':memory:'])
      if (await Promise.race([emulator.greeted.then(() => true), emulator.ended.then(() => false)])) {
        t.match((await stop(emulator)).stderr, new RegExp(`^port ${port} is reserved for another protocol: .+ --port\\n$`))
        return
      }
    }
    t.pass('none of them is free on this computer')
  })

  t.test('health, which exits with 0 with a running emulator and with 3 without one', async t => {
    const { port } = await startProcess(t, ['--database', ':memory:'])
    const { code, stdout, stderr } = await runToEnd(t, ['health', '--port', String(port)])
    t.equal(code, 0, stderr)
    t.match(JSON.parse(stdout), { status: 'ok', version: VERSION })
    t.equal((await runToEnd(t, ['health'], { env: { PORT: String(port), HOST: '0.0.0.0' } })).code, 0, 'as in a container')
    const nobody = await freePort()
    t.ok((await refusal(t, ['health', '--port', String(nobody)], { code: 3 }))
      .startsWith(`dodo-emulator: no emulator answers at http://127.0.0.1:${nobody}: `))
  })

  t.test('health, which exits with 1 when another program answers', async t => {
    const other = createServer((_request, response) => { response.writeHead(404).end('{}') }).listen(0, '127.0.0.1')
    t.teardown(() => { other.close() })
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    t.match(await refusal(t, ['health', '--port', String(port)]), 'answered 404')
  })

  t.test('--help with the variable and default of every option, and --version', async t => {
    for (const args of [['--help'], ['start', '--help']]) {
      const { code, stdout } = await runToEnd(t, args)
      t.equal(code, 0)
      t.match(stdout, 'Usage: dodo-emulator')
    }
    const { stdout: help } = await runToEnd(t, ['start', '--help'])
    const words = help.replace(/\s+/g, ' ')
    for (const { flag, env, value, fallback } of Object.values(OPTIONS)) {
      t.ok(words.includes(`--${flag} ${value}`), `--${flag}`)
      t.ok(words.includes(fallback === null || fallback === '' ? `[${env}]` : `[${env}, default: ${fallback}]`), env)
    }
    const version = await runToEnd(t, ['--version'])
    t.strictSame([version.code, version.stdout], [0, `${VERSION}\n`])
  })

  t.test('with options from flags and from the environment; a flag has priority', async t => {
    const env = {
      PORT: 'wrong', PUBLIC_URL: 'https://env.example.test', TAX: 'off', DATABASE: ':memory:', API_KEYS: 'test,other'
    }
    const emulator = await startProcess(t, ['--public-url', 'https://flag.example.test/shop/'], { env })
    const { json } = await connect(t, emulator.url).pay(paymentBody({ payment_link: true, billing: { country: 'DE' } }))
    t.match(json.payment_link, /^https:\/\/flag\.example\.test\/shop\/\w{8}$/)
    t.equal(json.total_amount, 1999, 'no tax')
    const { stdout } = await stop(emulator)
    t.match(stdout, '\n  DODO_PAYMENTS_API_KEY=test\n')
    t.match(stdout, `dodo-emulator ${VERSION} listens on ${emulator.url}\n`, 'its own address, with any public URL')
    t.match(stdout, '\n  Public URL   https://flag.example.test/shop (links begin with it)\n')
    t.match(stdout, `\n  DODO_PAYMENTS_BASE_URL=${emulator.url}\n`)
    t.notOk(existsSync(join(emulator.folder, 'data')), 'nothing on disk')
  })
})

t.test('refuses in one line', async t => {
  t.test('an invalid option value, by flag and by variable', async t => {
    const wrong: Record<string, string[]> = {
      port: ['x', '-1', '65536', '80.5', ''],
      host: ['', ' ', 'a b', '127.0.0.1:4010', 'http://localhost', 'localhost/', '[::1', '1.2.3.4.5', 'a@b', '<host>'],
      database: [''],
      'public-url': ['shop.example', 'ftp://shop.example', 'https://shop.example/?a=b'],
      'link-lifetime': ['soon', '0s', '5'],
      tax: ['yes'],
      'denied-countries': ['Germany'],
      'denied-currencies': ['EU']
    }
    for (const [flag, values] of Object.entries(wrong)) {
      const [name, { env }] = Object.entries(OPTIONS).find(([, option]) => option.flag === flag) as [OptionName, { env: string }]
      for (const text of values) {
        t.throws(() => readConfig({ [name]: text }, {}), new SetupError(), `${flag} ${JSON.stringify(text)}`)
        if (text === '') t.strictSame(readConfig({}, { [env]: text }), readConfig({}, {}), `an empty ${env} counts as absent`)
        else t.throws(() => readConfig({}, { [env]: text }), new SetupError(), `${env} ${JSON.stringify(text)}`)
      }
    }
    t.equal(await refusal(t, ['start', '--port', '80.5'], { code: 2 }),
      'dodo-emulator: --port: must be a whole number from 0 to 65535, not "80.5"\n')
    t.equal(await refusal(t, [], { env: { TAX: 'maybe' }, code: 2 }), 'dodo-emulator: TAX: must be on or off, not "maybe"\n')
    t.equal(await refusal(t, ['health', '--port', 'x'], { env: { TAX: 'maybe' }, code: 2 }),
      'dodo-emulator: --port: must be a whole number from 1 to 65535, not "x"\n', 'health has no use for the others')
  })

  t.test('an unknown option or command', async t => {
    t.match(await refusal(t, ['start', '--unknown', '1'], { code: 2 }), "dodo-emulator: unknown option '--unknown'")
    t.match(await refusal(t, ['pya', 'pay_1'], { code: 2 }), "dodo-emulator: unknown command 'pya', did you mean pay?")
  })

  t.test('a port that is in use', async t => {
    const { port } = await startProcess(t, ['--database', ':memory:'])
    const line = await refusal(t, ['start', '--port', String(port), '--database', ':memory:'])
    t.equal(line, `dodo-emulator: 127.0.0.1:${port} is in use: ` +
      'stop the program that listens there, or choose another port with --port (0 for any free port)\n')
  })

  t.test('an address of another computer', async t => {
    t.match(await refusal(t, ['start', '--port', '0', '--host', '192.0.2.1', '--database', ':memory:']), 'check --host')
    t.equal(await refusal(t, ['start', '--port', '0', '--host', 'nope.invalid', '--database', ':memory:']),
      'dodo-emulator: the host name nope.invalid does not exist: set --host to a name or an address of this computer\n')
  })

  t.test('a database path that cannot be written', async t => {
    const folder = temporaryFolder(t)
    writeFileSync(join(folder, 'file'), '')
    mkdirSync(join(folder, 'folder'))
    const paths = [join(folder, 'file/below/emulator.db'), join(folder, 'folder')]
    if (process.getuid?.() !== 0) { // // root may write everywhere
      mkdirSync(join(folder, 'locked'))
      chmodSync(join(folder, 'locked'), 0o500)
      paths.push(join(folder, 'locked/emulator.db'), join(folder, 'locked/below/emulator.db'))
    }
    for (const path of paths) {
      const line = await refusal(t, ['start', '--port', '0', '--database', path])
      t.ok(line.startsWith(`dodo-emulator: The database ${path} can't be opened: `), line)
    }
  })

  t.test('a port file that cannot be written', async t => {
    const path = join(temporaryFolder(t), 'missing/port')
    t.match(await refusal(t, ['start', '--port', '0', '--database', ':memory:', '--port-file', path]), path)
  })

  t.test('a file that is not a database, and leaves it unchanged', async t => {
    const path = join(temporaryFolder(t), 'notes.txt')
    const text = 'These are my notes, and they must not be overwritten.\n'.repeat(100)
    writeFileSync(path, text)
    t.match(await refusal(t, ['start', '--port', '0', '--database', path]), 'the file is not an SQLite database')
    t.equal(readFileSync(path, 'utf8'), text)
  })

  t.test('a database of a newer version, and leaves it unchanged', async t => {
    const path = join(temporaryFolder(t), 'emulator.db')
    await stop(await startProcess(t, ['--database', path]))
    const newer = new Sqlite(path)
    newer.pragma('user_version = 9999')
    newer.close()
    const line = await refusal(t, ['start', '--port', '0', '--database', path])
    t.match(line, /was written by a newer version of dodo-emulator \(schema 9999, this one knows \d+\)/)
    const after = new Sqlite(path)
    t.equal(after.pragma('user_version', { simple: true }), 9999)
    after.close()
  })

  t.test('a database of another program, and leaves it unchanged', async t => {
    const path = join(temporaryFolder(t), 'notes.db')
    const other = new Sqlite(path)
    other.exec('CREATE TABLE notes (text TEXT)')
    other.close()
    t.match(await refusal(t, ['start', '--port', '0', '--database', path]), 'holds the data of another program')
    const after = new Sqlite(path, { readonly: true })
    t.strictSame(after.prepare('SELECT name FROM sqlite_schema').pluck().all(), ['notes'])
    after.close()
  })

  t.test('a database in use by another emulator, which continues', async t => {
    const folder = temporaryFolder(t)
    const first = await startProcess(t, ['--database', 'shop.db'], { folder })
    t.match(await refusal(t, ['start', '--port', '0', '--database', join(folder, 'shop.db')]), 'another process is using it')
    t.equal((await connect(t, first.url).pay(paymentBody())).status, 200)
  })
})

t.test('keeps data', async t => {
  for (const signal of isThorough ? ['SIGTERM', 'SIGINT', 'SIGHUP'] as const : ['SIGTERM'] as const) {
    t.test(`after ${signal}, which ends it with exit code 0`, async t => {
      const folder = temporaryFolder(t)
      const args = ['--database', 'new/folders/shop.db']
      const first = await startProcess(t, args, { folder })
      const { json: created } = await connect(t, first.url).pay(paymentBody({ payment_link: true }))
      // Two clients that could keep it from ending: an idle connection, and a request that is never completed.
      for (const bytes of ['', 'POST /payments HTTP/1.1\r\nhost: x\r\nauthorization: Bearer t\r\ncontent-length: 10\r\n\r\n{']) {
        const socket = connectSocket(first.port, '127.0.0.1').on('error', () => {})
        t.teardown(() => { socket.destroy() })
        await once(socket, 'connect')
        socket.write(bytes)
      }
      const { code, stderr } = await stop(first, signal)
      t.equal(code, 0)
      t.equal(stderr, '')
      t.notOk(existsSync(join(folder, 'new/folders/shop.db-wal')), 'one file, complete')

      const second = await startProcess(t, args, { folder })
      const { json: payment } = await connect(t, second.url).get<Record<string, unknown>>(`/payments/${created.payment_id}`)
      t.match(payment, { payment_id: created.payment_id, total_amount: created.total_amount })
      const pathOf = (link: unknown) => new URL(String(link)).pathname
      t.equal(pathOf(payment['payment_link']), pathOf(created.payment_link), 'the same link')
      t.equal((await connect(t, second.url).pay(paymentBody())).status, 200)
      t.equal((await stop(second, signal)).code, 0)
    })
  }

  t.test('after repeated SIGHUPs, as sent by a terminal and its shell', async t => {
    const emulator = await startProcess(t)
    for (let times = 0; times < 5; times++) emulator.kill('SIGHUP')
    const { code, stderr } = await stop(emulator, 'SIGHUP')
    t.strictSame([code, stderr], [0, ''])
    t.notOk(existsSync(join(emulator.folder, 'data/emulator.db-wal')), 'closed')
  })

  const terminal = spawnSync('script', ['--version']).status === 0
  t.test('after its terminal was closed', { skip: !terminal && 'there is no script command' }, async t => {
    const folder = temporaryFolder(t)
    const inShell = `echo $$ > pid; exec ${process.execPath} ${COMMAND} start --port 0 --port-file port --database shop.db`
    const window = spawn('script', ['-qec', inShell, '/dev/null'], { cwd: folder, stdio: ['pipe', 'ignore', 'ignore'] })
    t.teardown(() => { window.kill('SIGKILL') })
    await until(() => existsSync(join(folder, 'port')))
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
    t.ok(existsSync(join(folder, 'shop.db-wal')))
    window.kill('SIGKILL')
    await until(() => !isRunning(pid))
    t.notOk(existsSync(join(folder, 'shop.db-wal')), 'closed')
  })

  t.test('until a crash, which ends it immediately', async t => {
    const emulator = await startProcess(t)
    t.equal((await stop(emulator, 'SIGSEGV')).code, null, 'by the signal')
  })

  t.test('nowhere with :memory:', async t => {
    const folder = temporaryFolder(t)
    const env = { DATABASE: ':memory:' }
    const first = await startProcess(t, [], { folder, env })
    const { json } = await connect(t, first.url).pay(paymentBody())
    await stop(first)
    const second = await startProcess(t, [], { folder, env })
    t.equal((await connect(t, second.url).get(`/payments/${json.payment_id}`)).status, 404)
    await stop(second)
    t.notOk(existsSync(join(folder, 'data')))
    t.notOk(existsSync(join(folder, ':memory:')))
  })

  t.test('in an empty file', async t => {
    const folder = temporaryFolder(t)
    writeFileSync(join(folder, 'empty.db'), '')
    const { url } = await startProcess(t, ['--database', 'empty.db'], { folder })
    t.equal((await connect(t, url).pay(paymentBody())).status, 200)
  })
})
