/** Full disks, lost, damaged and read-only files, and processes that may open few files. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync, chownSync, closeSync, copyFileSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, truncateSync,
  writeFileSync, writeSync
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import t, { type Test } from 'tap'
import { SetupError } from '../src/errors.js'
import { checkDatabase, type Checked } from '../src/store/check.js'
import { openDatabase } from '../src/store/database.js'
import { paymentBody, startEmulator, type TestEmulator } from './helper.js'
import { COMMAND, connect, runToEnd, startProcess, stop, temporaryFolder } from './processes.js'

/** Captures the messages printed on the console from now on. */
function messages (test: Test): string[] {
  const lines: string[] = []
  const { error } = console
  console.error = (text: unknown) => { lines.push(String(text)) }
  test.teardown(() => { console.error = error })
  return lines
}

const IN_SANDBOX = (name: string) => ({ key: `sandbox_${name}` })

/** A small disk of its own; null where this computer does not allow it. */
function smallDisk (test: Test): string | null {
  const folder = temporaryFolder(test)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return null
  }
  test.teardown(() => { execFileSync('umount', ['-l', folder]) })
  return folder
}

/** Fills a disk to its last byte; returns a function that frees it. */
function fillDisk (folder: string): () => void {
  const file = join(folder, 'filling')
  const descriptor = openSync(file, 'w')
  for (const size of [64 * 1024, 4096, 1]) {
    try {
      for (;;) if (writeSync(descriptor, Buffer.alloc(size)) < size) break
    } catch {} // // full
  }
  closeSync(descriptor)
  return () => { rmSync(file) }
}

function checkUnavailable (test: Test, { status, json, text }: Awaited<ReturnType<TestEmulator['call']>>, because: RegExp, folder: string): void {
  test.equal(status, 503, text)
  test.match(json, { code: 'STORAGE_UNAVAILABLE', message: because })
  test.notOk(text.includes(folder), 'no path of this computer')
}

t.test("answers 503 for a sandbox that can't be opened", async t => {
  const folder = temporaryFolder(t)
  const lines = messages(t)
  const emulator = startEmulator(t, { database: join(folder, 'shop.db') })
  mkdirSync(join(folder, 'sandboxes', 'folder.db'), { recursive: true })
  writeFileSync(join(folder, 'sandboxes', 'text.db'), 'no database '.repeat(100))
  const other = new Sqlite(join(folder, 'sandboxes', 'other.db'))
  other.exec('CREATE TABLE a (b)')
  other.close()
  for (const [name, because] of [
    ['folder', /sandbox folder can't be opened: it is a folder, not a file/], ['text', /the file is not an SQLite database/], ['other', /see the output of the emulator/]
  ] as const) {
    await t.test(name, async t => {
      for (let count = 0; count < 20; count++) {
        checkUnavailable(t, await emulator.call('POST', '/payments', { body: paymentBody(), ...IN_SANDBOX(name) }), because, folder)
      }
      checkUnavailable(t, await emulator.call('GET', `/~${name}/payments`), because, folder)
      checkUnavailable(t, await emulator.call('GET', `/~${name}/_emulator/clock`), because, folder)
      checkUnavailable(t, await emulator.call('GET', '/nowhere', IN_SANDBOX(name)).then(answer => answer.status === 404 ? emulator.call('GET', '/payments', IN_SANDBOX(name)) : answer), because, folder)
      for (const path of ['/', '/dashboard/payments', '/W7tRl8K5']) {
        const { statusCode, body } = await emulator.emulator.app.inject({ url: `/~${name}${path}`, headers: { accept: 'text/html', host: 'localhost' } })
        t.equal(statusCode, 503, path)
        t.notOk(body.includes(folder), path)
      }
    })
  }
  t.equal((await emulator.call('GET', '/payments')).status, 200, 'the others still work')
  t.equal((await emulator.call('GET', '/payments', IN_SANDBOX('fine'))).status, 200)
  t.equal(lines.length, 3, 'one line for each reason')
  for (const line of lines) t.match(line, new RegExp(`${folder}/sandboxes/(?:folder|text|other)\\.db`), 'which names the file')
})

t.test('answers 503 while the disk is full', async t => {
  const folder = smallDisk(t)
  if (folder === null) return t.pass('no disk can be mounted here')
  const lines = messages(t)
  const emulator = startEmulator(t, { database: join(folder, 'shop.db') })
  const { payment_link: link } = await emulator.pay(paymentBody({ payment_link: true }))
  t.equal((await emulator.call('GET', '/payments', IN_SANDBOX('before'))).status, 200)
  const free = fillDisk(folder)
  const note = 'x'.repeat(100_000) // // more than the free space of existing pages
  const large = paymentBody({ metadata: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`k${index}`, note.slice(0, 500)])) })
  let refused = 0
  while (refused < 100) {
    const answer = await emulator.call('POST', '/payments', { body: large })
    if (answer.status === 200) continue
    checkUnavailable(t, answer, /\(the disk is full\)$/, folder)
    refused++
  }
  checkUnavailable(t, await emulator.call('GET', '/payments', IN_SANDBOX('after')), /sandbox after can't be opened: the disk is full/, folder)
  const page = await emulator.emulator.app.inject({ url: new URL(link ?? '').pathname, headers: { accept: 'text/html' } })
  t.equal(page.statusCode, 200, 'a hosted link answers its page')
  t.equal((await emulator.call('GET', '/payments')).status, 200)
  t.ok(lines.length <= 3, `${lines.length} lines for more than 100 errors`)
  free()
  await emulator.pay(large)
  t.equal((await emulator.call('GET', '/payments', IN_SANDBOX('after'))).status, 200, 'it continues once there is space')
})

t.test('closes sandboxes when the process may open few files', async t => {
  if (process.platform === 'win32') return t.pass('there is no such limit')
  const folder = temporaryFolder(t)
  const portFile = join(folder, 'port')
  // Set after the start where possible: more files than that may be open while modules are loaded.
  const isSetLater = spawnSync('prlimit', ['--version']).status === 0
  const args = [COMMAND, 'start', '--port', '0', '--port-file', portFile, '--database', join(folder, 'shop.db')]
  const child = isSetLater
    ? spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    : spawn('sh', ['-c', 'ulimit -n 160; exec "$0" "$@"', process.execPath, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  t.teardown(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', text => { stderr += text })
  while (!existsSync(portFile) || readFileSync(portFile, 'utf8') === '') {
    if (child.exitCode !== null) throw new Error(`it did not start: ${stderr}`)
    await wait(20)
  }
  if (isSetLater) execFileSync('prlimit', ['--pid', String(child.pid), '--nofile=160:160'])
  const { send } = connect(t, `http://127.0.0.1:${readFileSync(portFile, 'utf8').trim()}`)
  const names = Array.from({ length: 80 }, (_, index) => `w${index}`)
  for (const name of names) {
    const { status, text } = await send('POST', `/~${name}/payments`, JSON.stringify(paymentBody({ metadata: { name } })), { 'content-type': 'application/json' })
    t.equal(status, 200, text)
  }
  for (const name of names) {
    const { json } = await send<{ items: Array<{ metadata: object }> }>('GET', `/~${name}/payments`)
    t.match(json.items, [{ metadata: { name } }], `${name} is opened again with its data`)
  }
  t.match(stderr, /^sandbox w\d+ was closed, because this process has reached its limit of open files \(ulimit -n\)[^\n]+\n$/, 'one message')
})

t.test('answers 503 when its database file is lost', async t => {
  for (const [what, lose, restore] of [
    ['deleted', (file: string) => { rmSync(file) }, null],
    ['replaced', (file: string) => { copyFileSync(file, `${file}.copy`); renameSync(`${file}.copy`, file) }, null],
    ['deleted or moved', (file: string) => { renameSync(file, `${file}.moved`) }, (file: string) => { renameSync(`${file}.moved`, file) }],
    ['deleted', (file: string) => { rmSync(`${file}-wal`) }, null]
  ] as const) {
    t.test(what, async t => {
      const folder = temporaryFolder(t)
      const file = join(folder, 'shop.db')
      const lines = messages(t)
      const emulator = startEmulator(t, { database: file })
      await emulator.emulator.app.ready()
      const { payment_id: id } = await emulator.pay(paymentBody())
      lose(file)
      while (lines.length === 0) await wait(20)
      t.match(lines[0], new RegExp(`^storage: ${file}(?:-wal)?: the file was [\\w ]*${what}[\\w ]* while the emulator ran: restart it`))
      for (let count = 0; count < 20; count++) {
        const answer = await emulator.call('POST', '/payments', { body: paymentBody() })
        checkUnavailable(t, answer, new RegExp(`the file was [\\w ]*${what}[\\w ]* while the emulator ran: restart it`), folder)
      }
      t.equal((await emulator.call('GET', `/payments/${id}`)).status, 200, 'it can still be read')
      t.equal((await emulator.call('POST', '/_emulator/clock', { body: { advance_ms: 1 } })).status, 503)
      t.equal(lines.length, 1, 'it was reported once')
      if (restore === null) return
      restore(file)
      let status = 503
      while (status === 503) status = (await emulator.call('POST', '/payments', { body: paymentBody() })).status
      t.equal(status, 200, 'restored, it is used again')
    })
  }
})

t.test('continues when another program truncates its database file', async t => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'shop.db')
  messages(t)
  const before = startEmulator(t, { database: file })
  const { payment_id: id } = await before.pay(paymentBody())
  await before.emulator.close()
  const emulator = startEmulator(t, { database: file })
  await emulator.emulator.app.ready()
  truncateSync(file, 8192)
  const { status, json } = await emulator.call('GET', `/payments/${id}`)
  t.equal(status, 503, 'the row is in the missing part')
  t.match(json, { message: /the file is damaged/ })
  t.equal((await emulator.call('GET', '/_emulator/health')).status, 503)
})

t.test('refuses a read-only file', async t => {
  const isRoot = process.getuid?.() === 0
  const folder = temporaryFolder(t)
  const file = join(folder, 'shop.db')
  const options = isRoot ? { uid: 65_534, gid: 65_534 } : {}
  const tried = async (): Promise<string> => {
    const child = spawn(process.execPath, [COMMAND, 'start', '--port', '0', '--database', file], { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
    let text = ''
    child.stderr.setEncoding('utf8').on('data', part => { text += part })
    await once(child, 'close')
    return text
  }
  // Root may write any file, so the test uses another user. That user may be unable to start a Node.js in root's own folder.
  const canStart = !isRoot || spawnSync(process.execPath, ['--version'], options).status === 0
  if (!canStart) return t.pass('left out: another user cannot start this Node.js')
  openDatabase(file, () => {}).close()
  chmodSync(file, 0o444)
  if (isRoot) for (const path of [folder, file]) chownSync(path, 65_534, 65_534)
  const refusal = await tried()
  if (isRoot && !refusal.includes('database')) return t.pass('no other user may run the command here')
  t.equal(refusal, `dodo-emulator: The database ${file} can't be opened: the file is read-only\n`)
  chmodSync(file, 0o644)
  chmodSync(folder, 0o555)
  t.match(await tried(), /its folder is read-only, and SQLite writes a second file there\n$/)
  chmodSync(folder, 0o755)
})

/** A database as a killed process leaves it. */
async function leftOpen (test: Test): Promise<string> {
  const folder = temporaryFolder(test)
  const running = await startProcess(test, ['--database', 'shop.db'], { folder })
  const { pay } = connect(test, running.url)
  for (let count = 0; count < 100; count++) await pay(paymentBody())
  await stop(running, 'SIGKILL')
  const file = join(folder, 'shop.db')
  test.ok(statSync(`${file}-wal`).size > 0)
  return file
}

t.test('a database that was not closed', async t => {
  t.test('is checked when it is opened', async t => {
    const file = await leftOpen(t)
    const lines = messages(t)
    const emulator = startEmulator(t, { database: file })
    t.match(lines, [new RegExp(`^${file} was not closed when it was last used. A check found no damage \\(\\d+ ms\\)$`)])
    t.equal((await emulator.get<{ items: object[] }>('/payments?page_size=100')).items.length, 100)
    await emulator.emulator.close()
    startEmulator(t, { database: file })
    t.equal(lines.length, 1, 'not after a clean end')
  })

  t.test('is refused if it is damaged', async t => {
    const file = await leftOpen(t)
    const database = new Sqlite(file)
    database.pragma('wal_checkpoint(TRUNCATE)')
    const page = Number(database.prepare("SELECT pageno FROM dbstat WHERE name = 'payments' AND pagetype = 'leaf' LIMIT 1").pluck().get())
    const bytes = Number(database.pragma('page_size', { simple: true }))
    database.close()
    const descriptor = openSync(file, 'r+')
    writeSync(descriptor, Buffer.alloc(bytes, 0x5a), 0, bytes, (page - 1) * bytes)
    closeSync(descriptor)
    writeFileSync(`${file}-wal`, 'left by a process that was killed')
    const { code, stderr } = await runToEnd(t, ['start', '--port', '0', '--database', file])
    t.equal(code, 1)
    t.match(stderr, /^dodo-emulator: [^\n]* is damaged: [^\n]+\. Restore a snapshot into another file \(--from-snapshot\), or delete this one\n$/)
  })

  t.test('is checked table by table if it is large', async t => {
    const database = openDatabase(':memory:', () => {})
    t.teardown(() => database.close())
    const large = 1e9
    const found: Checked[] = []
    checkDatabase(database, large, checked => { found.push(checked) })
    t.strictSame(found, [], 'other work runs first')
    while (found.length === 0) await wait(5) // // its own timers keep no process alive
    t.match(found, [{ damage: null }])
    const closed = openDatabase(':memory:', () => {})
    checkDatabase(closed, large, () => { t.fail('it is closed') })
    closed.close()
    await wait(100)
  })
})

t.test('openDatabase refuses a folder', async t => {
  t.throws(() => openDatabase(temporaryFolder(t), () => {}), SetupError)
})
