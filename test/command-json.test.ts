/** Every command with --json: one document on standard output. Colours, and progress on a terminal. */
import t from 'tap'
import { createProgress } from '../src/commands/progress.js'
import { EXIT } from '../src/commands/run.js'
import { clients, leaves, prepareOnce, run, validArguments } from './command-runs.js'
import { startEmulator } from './helper.js'
import { connect, runToEnd, startProcess } from './processes.js'

t.test('--json: every command prints one JSON document, or nothing', async t => {
  const emulator = startEmulator(t, { refundDelay: '1d' })
  const { port } = await emulator.emulator.listen()
  const silent: string[] = []
  const { prepared, restore } = await prepareOnce(t, emulator, 'mine')
  for (const { name } of clients.filter(({ name }) => !['due retry', 'due drop', 'webhooks listen'].includes(name))) {
    await restore()
    const args = [...name.split(' '), ...validArguments(name, prepared), '--json', '--port', String(port), '--sandbox', 'mine']
    const { code, stdout } = await run(args)
    t.equal(code, EXIT.done, args.join(' '))
    if (stdout === '') silent.push(name)
    else t.type(JSON.parse(stdout), 'object', args.join(' '))
  }
  t.strictSame(silent, ['wait', 'snapshot delete', 'sandboxes delete'])
  t.match(JSON.parse((await run(['completion', 'fish', '--json'])).stdout), { shell: 'fish', script: /^# / })
  for (const { name, options } of leaves) t.ok(options.some(({ long }) => long === '--json'), `${name} has --json`)
  const wrong = await run(['verify', '--count', '9', '--json', '--port', String(port)])
  t.match([wrong.code, JSON.parse(wrong.stdout)], [EXIT.refused, { verified: false }])
})

t.test('colours are for terminals, unless FORCE_COLOR asks for them', async t => {
  const emulator = await startProcess(t, ['--database', ':memory:'])
  await connect(t, emulator.url).get('/nowhere')
  const printed = async (env: Record<string, string>) =>
    (await runToEnd(t, ['requests', '--url', emulator.url], { env })).stdout
  t.notMatch(await printed({}), '\x1b')
  t.match(await printed({ FORCE_COLOR: '1' }), '\x1b[33m404\x1b[39m')
  t.notMatch(await printed({ NO_COLOR: '1' }), '\x1b')
})

t.test('progress is one line, on a terminal only', async t => {
  const shown = (isTTY: boolean): string => {
    let text = ''
    const progress = createProgress({ isTTY, columns: 10, write: part => { text += String(part); return true } })
    progress.update('1 of 2')
    progress.update('2 of 2, which is too long')
    progress.end()
    progress.end()
    return text
  }
  t.equal(shown(false), '')
  t.equal(shown(true), '\r\x1b[K1 of 2\r\x1b[K2 of 2, w\r\x1b[K')
})
