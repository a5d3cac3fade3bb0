/** Every command with every kind of wrong argument: its message and its exit code. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { EXIT } from '../src/commands/run.js'
import { run, leaves, LOCAL, clients, validArguments, prepare, prepareOnce, UNKNOWN, pressCtrlC } from './command-runs.js'
import { isTried } from './effort.js'
import { startEmulator } from './helper.js'
import { freePort } from './processes.js'
import { WRONG } from './wrong-arguments.js'

t.test('0: every command succeeds with valid arguments', async t => {
  const emulator = startEmulator(t, { refundDelay: '1d' })
  const { port } = await emulator.emulator.listen()
  // No job of the emulator fails here, so none can be retried; commands.test.ts has one that does.
  const tried = clients.filter(({ name }) => !['due retry', 'due drop'].includes(name))
  const { prepared, restore } = await prepareOnce(t, emulator, 'mine')
  // command-json.test.ts runs all of them.
  for (const { name } of tried.filter((_command, index) => isTried(index, 0, 2))) {
    await restore()
    pressCtrlC(name)
    const args = [...name.split(' '), ...validArguments(name, prepared), '--port', String(port), '--sandbox', 'mine']
    const { code, stderr } = await run(args)
    t.strictSame([code, stderr], [EXIT.done, ''], args.join(' '))
  }
  for (const name of LOCAL) t.equal((await run([...name.split(' '), ...validArguments(name, UNKNOWN)])).code, EXIT.done, name)
})

t.test('1: the emulator refuses every command without the key', async t => {
  const { emulator } = startEmulator(t, { controlKey: 'opensesame' })
  const { port } = await emulator.listen()
  for (const { name } of clients.filter(({ name }) => name !== 'doctor')) {
    const args = [...name.split(' '), ...validArguments(name, UNKNOWN), '--port', String(port)]
    const { code, stdout, stderr } = await run(args)
    if (name === 'health' || name === 'wait') {
      t.equal(code, EXIT.done, 'for any caller')
      continue
    }
    t.equal(code, EXIT.refused, args.join(' '))
    t.match(stderr, /^dodo-emulator: .*x-emulator-key/)
    if (name !== 'webhooks listen') t.equal(stdout, '')
  }
})

t.test('1: errors of the emulator name the argument', async t => {
  const emulator = startEmulator(t, { refundDelay: '1d' })
  const { port } = await emulator.emulator.listen()
  const { payment, refund, session } = await prepare(t, emulator, 'mine')
  const at = ['--port', String(port), '--sandbox', 'mine']
  for (const [args, said] of [
    [['pay', 'pay_x'], 'there is no payment pay_x'],
    [['pay', payment, '--card', '1234567812345678'], /card/i],
    [['pay', payment, '--outcome', 'failed', '--error-code', 'UNHEARD_OF'], /UNHEARD_OF is not an error code/],
    [['pay', payment, '--error-code', 'GENERIC_DECLINE'], /^dodo-emulator: --error-code: needs the outcome failed$/],
    [['pay', 'cks_x'], 'dodo-emulator: there is no'],
    [['pay', session, '--details', '{"customer":{"email":1}}'], /^dodo-emulator: --details customer\.email: must be/],
    [['pay', session, '--details', '{"unheard_of":1}'], /^dodo-emulator: --details: .*unheard_of/],
    [['abandon', session, '--details', '{"card":"4242424242424242"}'], /^dodo-emulator: --details: .*card/],
    [['settle', 'ref_x'], /ref_x/],
    [['fail', 'POST /nowhere', '--status', '500'], /^dodo-emulator: \[operation\]: POST \/nowhere does not exist/],
    [['fail', '--bytes', '3', '--status', '500'], /^dodo-emulator: --bytes: applies to slow, not to error$/],
    [['deliveries', 'fail', 'drop', '--delay', '2s'], /^dodo-emulator: --delay: applies to the kind delay, not to drop$/],
    [['deliveries', 'fail', 'delay'], /^dodo-emulator: a delay needs --delay$/],
    [['deliveries', 'fail', 'drop', '--webhook', 'whk_x'], /^dodo-emulator: Webhook whk_x does not exist$/],
    [['verify', '--body', '{"a":{"$regex":"("}}'], /^dodo-emulator: --body a\.\$regex: is not a valid regular expression/],
    [['verify', '--operation', 'POST /payment'], /^dodo-emulator: --operation: POST \/payment does not exist: did you mean POST \/payments\?$/],
    [['snapshot', 'take', 'kept'], 'dodo-emulator: snapshot kept already exists: replace it with --force, or choose another name'],
    [['snapshot', 'restore', 'lost'], 'dodo-emulator: there is no snapshot lost'],
    [['sandboxes', 'delete', 'default'], /default sandbox can't be deleted/],
    [['faults', '--clear', 'flt_x'], /^dodo-emulator: fault flt_x does not exist/]
  ] as Array<[string[], string | RegExp]>) {
    const { code, stdout, stderr } = await run([...args, ...at])
    t.equal(code, EXIT.refused, args.join(' '))
    t.equal(stdout, '')
    t.match(stderr, said)
    t.notMatch(stderr, /request body|query parameters|_ms\b|page_size|\n/, args.join(' '))
  }
  t.equal((await run(['snapshot', 'take', 'kept', '--force', ...at])).code, EXIT.done)
  t.match(await run(['settle', refund, 'review', ...at]), { code: EXIT.done, stderr: '' })
})

t.test('1: another program answers', async t => {
  const other = createServer((_request, response) => { response.writeHead(302, { location: 'https://example.test/' }).end() })
  t.teardown(() => { other.close() })
  await once(other.listen(0, '127.0.0.1'), 'listening')
  const { port } = other.address() as AddressInfo
  const { code, stderr } = await run(['health', '--port', String(port)])
  t.equal(code, EXIT.refused)
  t.equal(stderr, `dodo-emulator: http://127.0.0.1:${port}/_emulator/health answered 302, redirecting to https://example.test/: ` +
    'is it an emulator?')
})

t.test('3: no emulator answers', async t => {
  const port = String(await freePort())
  for (const { name } of clients.filter(({ name }) => name !== 'doctor')) {
    const args = [...name.split(' '), ...validArguments(name, UNKNOWN), '--port', port]
    const { code, stdout, stderr } = await run(args)
    t.equal(code, EXIT.unreachable, args.join(' '))
    t.equal(stdout, '')
    t.equal(stderr, `dodo-emulator: no emulator answers at http://127.0.0.1:${port}: is it closed, or not started yet?`)
  }
  t.match(await run(['requests', '--follow', '--port', port]), { code: EXIT.unreachable, stderr: 'no emulator answers' })
  t.match(await run(['health', '--url', `https://127.0.0.1:${port}/base`]), {
    code: EXIT.unreachable, stderr: `no emulator answers at https://127.0.0.1:${port}/base: `
  })
  t.match(await run(['health', '--host', 'nowhere.invalid']), { code: EXIT.unreachable, stderr: 'nowhere.invalid' })
})

/** Options that nearly every command has. Unless the run is thorough, a command is tried with one in eight of their invalid texts. */
const COMMON = ['--url', '--host', '--port', '--sandbox', '--control-key']
const PART = 8

t.test('2: every option and argument refuses invalid text by its name', async t => {
  for (const [row, { name, options, arguments: declared }] of leaves.entries()) {
    const valid = validArguments(name, UNKNOWN)
    const takesValue = options.filter(({ required, optional }) => required || optional)
    const cases = [
      ...takesValue.map(({ long }) => ({ label: `${long}`, argsFor: (text: string) => [`${long}=${text}`, ...valid] })),
      ...declared.map((argument, index) => {
        const label = argument.required ? `<${argument.name()}${argument.variadic ? '...' : ''}>` : `[${argument.name()}]`
        return { label, argsFor: (text: string) => [...valid.slice(0, index), text, ...valid.slice(index + 1)] }
      })
    ]
    for (const { label, argsFor } of cases) {
      const texts = WRONG[`${name} ${label}`] ?? WRONG[label]
      t.ok(texts, `${name} ${label} is in the table`)
      for (const [index, text] of (texts ?? []).entries()) {
        if (COMMON.includes(label) && !isTried(index, row, PART)) continue
        const { code, stdout, stderr } = await run([...name.split(' '), ...argsFor(text)])
        const [start = '', end = ''] = [`dodo-emulator: ${label}: must `, `, not ${JSON.stringify(text)}`]
        const isClear = stderr.startsWith(start) && stderr.endsWith(end) && !/request body|query param|_ms\b|page_size|\n/.test(stderr)
        t.ok(code === EXIT.usage && stdout === '' && isClear, `${name} ${label} ${JSON.stringify(text)}: ${code} ${stderr}`)
      }
    }
  }
})

t.test('2: missing, unknown, superfluous and contradictory arguments', async t => {
  for (const { name, arguments: declared } of leaves) {
    const words = name.split(' ')
    const required = declared.filter(argument => argument.required)
    if (required.length > 0) {
      t.match(await run(words), { code: EXIT.usage, stderr: `missing required argument '${required[0]?.name()}'` }, name)
    }
    t.match(await run([...words, '--prot', '1']), { code: EXIT.usage, stderr: "unknown option '--prot'" }, name)
    if (declared.some(({ variadic }) => variadic)) continue
    const full = declared.map((_, index) => validArguments(name, UNKNOWN)[index] ?? 'succeeded')
    t.match(await run([...words, ...full, 'more']), { code: EXIT.usage, stderr: /^dodo-emulator: / }, name)
  }
  for (const [args, said] of [
    [['pya'], "dodo-emulator: unknown command 'pya', did you mean pay?"],
    [['pya', 'pay_1', '--card', '4242424242424242', '--port', '4010'], "dodo-emulator: unknown command 'pya', did you mean pay?"],
    [['--port', '4010', 'pya'], "dodo-emulator: unknown command 'pya', did you mean pay?"],
    [['strat', '--port', '0'], "dodo-emulator: unknown command 'strat', did you mean start?"],
    [[''], "dodo-emulator: unknown command '': see dodo-emulator --help"],
    [['help', 'pya'], "dodo-emulator: unknown command 'pya', did you mean pay?"],
    [['help', 'clock', 'sett'], "dodo-emulator: unknown command 'sett', did you mean set?"],
    [['emails', '--typ', 'license_key'], "dodo-emulator: unknown option '--typ', did you mean --type?"],
    [['clock', 'sett', '2026-01-31T12:00:00Z'], "dodo-emulator: unknown command 'sett', did you mean set?"],
    [['clock', '--port', '4010', 'sett'], "dodo-emulator: unknown command 'sett', did you mean set?"],
    [['--port', '4010', 'pay', 'pay_1'], 'dodo-emulator: put options after the command: dodo-emulator pay …'],
    [['clock', '--port=4010', 'set', 'x'], 'dodo-emulator: put options after the command: dodo-emulator clock set …'],
    [['start', 'pay'], "dodo-emulator: too many arguments for 'start'. Expected 0 arguments but got 1: see dodo-emulator --help"],
    [['start', '--prot', '1'], "dodo-emulator: unknown option '--prot', did you mean --port?"],
    [['start', '--port'], "dodo-emulator: option '--port <port>' argument missing: see dodo-emulator --help"],
    [['pay', 'pay_1', '--card', '4242424242424242', '--outcome', 'failed'], /'--card <number>' cannot be used with option '--outcome/],
    [['health', '--url', 'http://x', '--port', '1'], 'dodo-emulator: --url replaces --host and --port: leave them out'],
    [['health', '--url', 'http://x/~mine', '--sandbox', 'yours'], /^dodo-emulator: --sandbox: the URL already names the sandbox mine/],
    [['fail'], /^dodo-emulator: say how the calls fail, with --status, /],
    [['fail', '--slow', '1s', '--after'], /cannot be used with option/],
    [['fail', '--reset', 'before', '--truncate'], /cannot be used with option/],
    [['fail', '--preset', 'down', '--status', '500'], /cannot be used with option/],
    [['import'], 'dodo-emulator: give the API key with --api-key or DODO_PAYMENTS_API_KEY']
  ] as Array<[string[], string | RegExp]>) {
    const { code, stdout, stderr } = await run(args)
    t.strictSame([code, stdout], [EXIT.usage, ''], args.join(' '))
    if (typeof said === 'string') t.equal(stderr, said)
    else t.match(stderr, said)
  }
  for (const group of ['webhooks', 'fixtures']) {
    t.match(await run([group]), { code: EXIT.usage, stdout: '', stderr: `Usage: dodo-emulator ${group}` })
  }
})

t.test('2: an invalid variable is named', async t => {
  for (const [args, env, said] of [
    [['health'], { PORT: 'x' }, 'dodo-emulator: PORT: must be a whole number from 1 to 65535, not "x"'],
    [['health'], { DODO_PAYMENTS_EMULATOR_URL: 'x' }, /^dodo-emulator: DODO_PAYMENTS_EMULATOR_URL: must be an http or https URL/],
    [['clock'], { SANDBOX: '../x' }, /^dodo-emulator: SANDBOX: must be/],
    [['start'], { TAX: 'maybe' }, 'dodo-emulator: TAX: must be on or off, not "maybe"']
  ] as Array<[string[], Record<string, string>, string | RegExp]>) {
    const { code, stderr } = await run(args, { env })
    t.equal(code, EXIT.usage)
    t.match(stderr, said)
  }
})
