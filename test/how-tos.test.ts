/**
 * How-tos, executed from top to bottom: the commands of each page run in order against one emulator, and print the output
 * that the page shows.
 */
import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { packagePath } from '../src/root.js'
import { startProcess, temporaryFolder } from './processes.js'
import { startReceiver } from './receiver.js'

t.setTimeout(300_000) // // every command is a process

const hasShell = ['bash', 'curl'].every(program => spawnSync(program, ['--version']).status === 0)

/** A block of a page, and the block of its output if one follows. */
interface Block {
  commands: string
  output: string | undefined
}

function blocksOf (page: string): Block[] {
  const text = readFileSync(packagePath('docs', 'how-to', page), 'utf8')
  return [...text.matchAll(/^```sh\n(.*?)^```\n(?:\n```\n(.*?)^```)?/gms)].map(([, commands = '', output]) => ({ commands, output }))
}

/** Commands that run until they are stopped. */
const ENDLESS = /^(?:npx dodo-emulator start|npx dodo-emulator webhooks listen|curl -N) .*\n/gm

/** Parts that differ from run to run: ids, times, durations. */
function steady (text: string): string {
  return text.replace(/\b(req|pay|msg|whk|dlv|cks)_\w+/g, '$1_').replace(/\b\d\d:\d\d:\d\d\b/g, 'time').replace(/in \d+ ms/g, 'in some ms')
}

/**
 * A wrapper of a program for the shell: replaces `pay_…` with the latest id of its kind, runs the program, and records
 * the ids that it prints. curl fails where the emulator refuses a call unexpectedly.
 */
const STAND_IN = `
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
const [ids, program, ...given] = process.argv.slice(2).filter(text => text !== 'dodo-emulator') // // npx gets the name
const known = existsSync(ids) ? JSON.parse(readFileSync(ids, 'utf8')) : {}
const args = given.map(text => text.replace(/\\b([a-z]+)_…/g, (open, kind) => known[kind] ?? open))
const isCall = program === 'curl'
const { status, stdout, stderr } = isCall
  ? spawnSync('curl', ['-sS', '-w', '\\n%{http_code}', ...args], { encoding: 'utf8' })
  : spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' })
for (const [id, kind] of stdout.matchAll(/\\b([a-z]+)_[0-9A-Za-z]{21}\\b/g)) known[kind] = id
writeFileSync(ids, JSON.stringify(known))
const code = Number(isCall ? stdout.slice(-3) : 0)
process.stdout.write(isCall ? stdout.slice(0, -3) : stdout)
process.stderr.write(stderr)
process.exitCode = code >= 400 && !(code === 422 && args.join().includes('EXPIRED')) ? 1 : status
`

/** Runs commands against a separate emulator; returns their output. */
async function shell (test: Test, options: string[] = []): Promise<(commands: string) => Promise<string>> {
  const { url } = await startProcess(test, ['--database', ':memory:', ...options])
  const folder = temporaryFolder(test)
  writeFileSync(join(folder, 'stand-in.mjs'), STAND_IN)
  for (const [name, program] of [['curl', 'curl'], ['npx', packagePath('dist', 'cli.js')]] as const) {
    const run = [process.execPath, join(folder, 'stand-in.mjs'), join(folder, 'ids.json'), program].map(part => `'${part}'`).join(' ')
    writeFileSync(join(folder, name), `#!/bin/bash\nPATH="$REAL_PATH" exec ${run} "$@"\n`)
    chmodSync(join(folder, name), 0o755)
  }
  const path = process.env['PATH'] ?? ''
  const env = { PATH: `${folder}${delimiter}${path}`, REAL_PATH: path, DODO_PAYMENTS_EMULATOR_URL: url }
  return async commands => {
    // The exit code of `verify` is its answer.
    const script = commands.replace(ENDLESS, '').replaceAll('http://127.0.0.1:4010', url)
      .replace(/^(npx dodo-emulator verify.*)$/gm, '$1 2>&1 || [ $? = 1 ]')
    return (await promisify(execFile)('bash', ['--norc', '-c', `set -e\n${script}`], { env })).stdout
  }
}

t.test('find-out-why.md prints what it shows', { skip: hasShell ? false : 'needs bash and curl' }, async t => {
  const run = await shell(t)
  const blocks = blocksOf('find-out-why.md')
  t.ok(blocks.length >= 5)
  for (const { commands, output } of blocks) {
    const printed = steady(await run(commands))
    for (const line of steady(output ?? '').split('\n')) t.ok(printed.includes(line), `${line} is in ${printed}`)
  }
})

t.test('webhooks.md prints what it shows', { skip: hasShell ? false : 'needs bash and curl' }, async t => {
  const receiver = await startReceiver(t)
  const run = await shell(t, ['--webhook-url', receiver.url])
  const blocks = blocksOf('webhooks.md').map(({ commands }) => commands.replaceAll('http://localhost:3000/webhook', receiver.url))
  t.ok(blocks.length >= 8)
  for (const commands of blocks) {
    await run(commands)
    await run('curl http://127.0.0.1:4010/_emulator/idle')
    // The page describes each command of the block, in order.
    const expected = [...commands.matchAll(/# ((?:payment|abandoned_checkout)\.[a-z_., ]+)$/gm)].flatMap(([, types = '']) => types.split(', '))
    if (expected.length > 0) t.strictSame([...new Set(receiver.types())].sort(), expected.sort(), commands)
  }
})

t.test('test-usage-based-billing.md', { skip: hasShell ? false : 'needs bash and curl' }, async t => {
  const run = await shell(t, ['--clock', '2026-04-01T00:00:00Z', '--clock-frozen', 'on'])
  const printed: string[] = []
  for (const { commands } of blocksOf('test-usage-based-billing.md')) printed.push(await run(commands))
  t.match(printed[3], /"consumed_units": "2500"/)
  t.match(printed[4], /1500 calls at 2 minor units of USD \(2500 used, 1000 free\)/)
  t.match(printed[4], /\$79\.00/)
})

t.test('test-credits.md', { skip: hasShell ? false : 'needs bash and curl' }, async t => {
  const run = await shell(t, ['--clock', '2026-02-01T00:00:00Z', '--clock-frozen', 'on'])
  const printed: string[] = []
  for (const { commands } of blocksOf('test-credits.md')) printed.push(await run(commands))
  t.match(printed[1], /"balance":"1000"/)
  t.match(printed[2], /"balance":"200"/)
  t.match(printed[3], /"source_type":"rollover".*"initial_amount":"150"/)
  t.match(printed[4], /"overage":"30","overage_enabled":true,"overage_limit":"50","limit_reached":false,"remaining_headroom":"20"/)
  t.match(printed[4], /"total_amount":2960/)
})

t.test('test-subscriptions.md', { skip: hasShell ? false : 'needs bash and curl' }, async t => {
  const run = await shell(t, ['--clock', '2026-01-31T09:00:00Z', '--clock-frozen', 'on'])
  const states: string[] = []
  for (const { commands } of blocksOf('test-subscriptions.md')) {
    await run(commands)
    await run('curl http://127.0.0.1:4010/_emulator/idle')
    const listed = await run("curl http://127.0.0.1:4010/subscriptions -H 'authorization: Bearer test'")
    const { items } = JSON.parse(listed) as { items: Array<{ status: string }> }
    states.push(items[0]?.status ?? 'none')
  }
  t.strictSame(states,
    ['none', ...Array.from({ length: 8 }, () => 'active'), 'on_hold', ...Array.from({ length: 5 }, () => 'active'), 'cancelled'])
})

t.test('test-licences.md', { skip: hasShell ? false : 'needs bash and curl' }, async t => {
  const run = await shell(t, ['--clock', '2026-01-31T09:00:00Z', '--clock-frozen', 'on'])
  const printed: string[] = []
  for (const { commands } of blocksOf('test-licences.md')) printed.push(await run(commands))
  t.match(printed[1], /^lic_\w+ {2}[0-9a-f-]{36} {2}active {2}cus_ada {2}0 of \d+$/m)
  t.match(printed[2], '{"valid":true}')
  for (const status of ['Failed', 'Delivered', 'Revoked', 'Pending']) t.match(printed[4], `"status": "${status}"`)
  t.match(printed[5], /^To: ada@example\.com$/m)
})

t.test('test-disputes-and-payouts.md', { skip: hasShell ? false : 'needs bash and curl' }, async t => {
  const run = await shell(t, ['--clock', '2030-01-05T00:00:00Z', '--clock-frozen', 'on'])
  const printed: string[] = []
  for (const { commands } of blocksOf('test-disputes-and-payouts.md')) printed.push(await run(commands))
  t.match(printed[1], /Fee: 4 % base \+ 1\.5 % customer outside the US = 5\.5 % of/)
  t.match(printed[2], /"event_type":"payment_fees"/)
  t.match(printed[3], /"dispute_status": "dispute_won"/)
  t.match(printed[4], /"dispute_status":"dispute_expired"/)
  t.match(printed[5], /"status": "failed"/)
  t.match(printed[6], /"event_type":"payment","total":12094.*Ledger ID,Event Type,/s)
  t.match(printed[7], /"status":"success"/)
})
