/** Parsing of command lines, the help, and options that equal those of the contract. */
import { readFileSync, readdirSync } from 'node:fs'
import t from 'tap'
import { EXIT } from '../src/commands/run.js'
import { controlContract } from '../src/contract/load.js'
import { PAYLOAD_TYPES } from '../src/delivery/catalogue.js'
import { fakes, run, leaves, clients } from './command-runs.js'
import { packagePath } from '../src/root.js'
import { startEmulator } from './helper.js'

t.test('finds the command', async t => {
  for (const args of [[], ['--port', '0'], ['--tax', 'off', '--database=:memory:'], ['start']]) {
    const local = fakes()
    t.match(await run(args, { local }), { code: EXIT.done, stderr: '' })
    t.equal(local.started.length, 1, `${args.join(' ')} starts the emulator`)
  }
  const { emulator } = startEmulator(t)
  const { port } = await emulator.listen()
  for (const [group, leaf] of [
    ['clock', 'clock show'], ['due', 'due list'], ['events', 'events list'], ['deliveries', 'deliveries list'], ['snapshot', 'snapshot list'],
    ['sandboxes', 'sandboxes list']
  ] as const) {
    const [short, long] = [await run([group, '--port', String(port)]), await run([...leaf.split(' '), '--port', String(port)])]
    t.equal(short.code, EXIT.done)
    t.equal(short.stdout.replace(/\d\d:[\d.:]+Z/g, ''), long.stdout.replace(/\d\d:[\d.:]+Z/g, ''), `${group} is ${leaf}`)
  }
})

t.test('finds the emulator', async t => {
  const { emulator, get } = startEmulator(t)
  const { port } = await emulator.listen()
  const url = `http://127.0.0.1:${port}`
  for (const [args, env] of [
    [['--port', String(port)], {}],
    [['--url', url], { PORT: '1' }],
    [['--url', `${url}/`], {}],
    [['--port', String(port)], { DODO_PAYMENTS_EMULATOR_URL: 'http://127.0.0.1:1' }],
    [[], { DODO_PAYMENTS_EMULATOR_URL: url, PORT: '1' }],
    [[], { PORT: String(port), HOST: '0.0.0.0' }]
  ] as Array<[string[], Record<string, string>]>) {
    t.match(await run(['health', ...args], { env }), { code: EXIT.done, stderr: '' }, args.join(' '))
  }
  for (const args of [['--url', `${url}/~mine`], ['--sandbox', 'mine', '--port', String(port)]]) {
    t.equal((await run(['snapshot', 'take', 'of mine', '--force', ...args])).code, EXIT.done)
  }
  t.strictSame(await get('/_emulator/snapshots'), { items: [] })
  t.match(await get('/~mine/_emulator/snapshots'), { items: [{ name: 'of mine' }] })
})

t.test('prints help', async t => {
  const exitCodes = /Exit codes:\n {2}0 {2}done\n {2}1 .*\n {2}2 .*\n {2}3 .*$/
  for (const args of [[], ...leaves.map(({ name }) => name.split(' '))]) {
    for (const asked of [[...args, '--help'], ['help', ...args]]) {
      const { code, stdout, stderr } = await run(asked)
      t.strictSame([code, stderr], [EXIT.done, ''], asked.join(' '))
      t.ok(stdout.replace('|seed', '').startsWith(`Usage: ${['dodo-emulator', ...args].join(' ')} `), asked.join(' '))
      t.match(stdout, exitCodes)
    }
  }
  t.match((await run(['--help'])).stdout, /Without a command, it\s+starts the emulator\./)
  t.match((await run(['clock', '--help'])).stdout, /; without a\s+command: show/)
  for (const { name } of clients) {
    const { stdout } = await run([...name.split(' '), '--help'])
    t.match(stdout, /Which emulator:\n {2}--url <url>/, name)
    t.notMatch(stdout, /listen on; 0|opens it to the network|start has no use/, 'no options of start')
  }
  t.match(await run(['--version']), { code: EXIT.done, stdout: /^\d+\.\d+\.\d+$/ })
})

/** The words of a shell command without its comment and the file that it writes. */
function words (line: string): string[] {
  const found = line.replace(/ +[#>] .*$/, '').replace(/ &$/, '').match(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g) ?? []
  return found.map(word => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2').replaceAll('$n', '1'))
}

t.test('every command in the documentation exists and is written in one way', async t => {
  const folders = ['docs', 'docs/how-to', 'examples/express', 'examples/next']
  const pages = ['README.md', ...folders.flatMap(folder =>
    readdirSync(packagePath(folder)).filter(name => name.endsWith('.md')).map(name => `${folder}/${name}`))]
  const env = { DODO_PAYMENTS_EMULATOR_URL: 'http://127.0.0.1:1', DODO_PAYMENTS_API_KEY: 'test' }
  let count = 0
  for (const page of pages) {
    for (const [, block = ''] of readFileSync(packagePath(page), 'utf8').matchAll(/^```sh\n(.*?)^```/gms)) {
      t.notMatch(block, /^ *(?:dodo-emulator|node dist\/cli\.js) /m, page)
      for (const [, line = ''] of block.matchAll(/^ *npx (?:-p \S+ )*dodo-emulator(.*)$/gm)) {
        count++
        const { code, stderr } = await run(words(line), { env })
        t.not(code, EXIT.usage, `${page}: ${line} ${stderr}`)
      }
    }
  }
  t.ok(count > 30, String(count))
  const named = readFileSync(packagePath('docs', 'commands.md'), 'utf8')
  for (const { name } of leaves) t.match(named, `\`${name.split(' ')[0]}`, `docs/commands.md names ${name}`)
})

t.test('options accept the values of the contract', async t => {
  const { components: { schemas } } = controlContract().document as { components: { schemas: Record<string, Schema> } }
  const properties = (name: string) => schemas[name]?.properties ?? {}
  for (const [values, command, label] of [
    [properties('Pay')['outcome']?.enum, 'pay pay_1', '--outcome'],
    [properties('SettleRefund')['status']?.enum, 'settle ref_1', ''],
    [schemas['DeliveryFaultKind']?.enum, 'deliveries fail', ''],
    [schemas['DeliveryState']?.enum, 'deliveries list', '--state'],
    [schemas['CheckoutState']?.enum, 'checkouts', '--state'],
    [properties('RevokeGrant')['reason']?.enum, 'grants revoke entg_1', '--reason'],
    [schemas['FaultPreset']?.enum, 'fail', '--preset'],
    [properties('AddFault')['when']?.enum, 'fail', '--reset'],
    [schemas['EventType']?.enum, 'trigger', '']
  ] as Array<[string[] | undefined, string, string]>) {
    t.ok(values !== undefined && values.length > 1, `${command} ${label}`)
    for (const value of values ?? []) {
      const args = [...command.split(' '), ...label === '' ? [value] : [label, value], '--url', 'http://127.0.0.1:1']
      t.equal((await run(args)).code, EXIT.unreachable, args.join(' '))
    }
    const { stdout: help } = await run([...command.split(' ').slice(0, 2).filter(word => !word.includes('_')), '--help'])
    if (command !== 'trigger') for (const value of values ?? []) t.match(help, value, `${command} --help names ${value}`)
  }
  t.strictSame(schemas['EventType']?.enum, Object.keys(PAYLOAD_TYPES))
  for (const [schema, command, label] of [
    [properties('AddFault')['status'], 'fail', '--status'],
    [properties('AddFault')['count'], 'fail --status 500', '--times'],
    [properties('AddFault')['bytes'], 'fail --slow 1s', '--bytes'],
    [properties('AddFault')['retry_after'], 'fail --rate-limited', '--retry-after'],
    [properties('AddDeliveryFault')['count'], 'deliveries fail drop', '--times']
  ] as Array<[Schema | undefined, string, string]>) {
    const { minimum = NaN, maximum = NaN } = schema ?? {}
    for (const [value, code] of [
      [minimum - 1, EXIT.usage], [minimum, EXIT.unreachable], [maximum, EXIT.unreachable], [maximum + 1, EXIT.usage]
    ] as const) {
      const args = [...command.split(' '), `${label}=${value}`, '--url', 'http://127.0.0.1:1']
      t.equal((await run(args)).code, code, args.join(' '))
    }
  }
})

interface Schema {
  enum?: string[]
  minimum?: number
  maximum?: number
  properties?: Record<string, Schema>
}
