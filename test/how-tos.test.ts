/**
 * How-tos, executed from top to bottom: the commands of each page run in order against one emulator, and print the output
 * that the page shows.
 */
import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import type { OptionName } from '../src/config/config.js'
import { packagePath } from '../src/root.js'
import { run } from './command-runs.js'
import { skipVariant } from './effort.js'
import { startEmulator } from './helper.js'
import { temporaryFolder } from './processes.js'
import { startReceiver } from './receiver.js'

const CURL = spawnSync('bash', ['-c', 'command -v curl'], { encoding: 'utf8' }).stdout?.trim() ?? ''
const hasShell = CURL !== ''

/** A block of a page, and the block of its output if one follows. */
interface Block {
  commands: string
  output: string | undefined
}

function blocksOf (page: string): Block[] {
  const text = readFileSync(packagePath('docs', 'how-to', page), 'utf8')
  return [...text.matchAll(/^```sh\n(.*?)^```\n(?:\n```\n(.*?)^```)?/gms)].map(([, commands = '', output]) => ({ commands, output }))
}

/** Commands that run until they are stopped, and those that run the tests of a project. */
const LEFT_OUT = /^(?:npx dodo-emulator start|npx dodo-emulator webhooks listen|npx dodo-emulator exec|curl -N) .*\n/gm

/** Parts that differ from run to run: ids, times, durations. */
function steady (text: string): string {
  return text.replace(/\b(req|pay|msg|whk|dlv|cks)_\w+/g, '$1_').replace(/\b\d\d:\d\d:\d\d\b/g, 'time').replace(/in \d+ ms/g, 'in some ms')
}

/**
 * A wrapper of a program for the shell: replaces `pay_…` with the latest id of its kind, runs the program, and records
 * the ids that it prints. curl fails where the emulator refuses a call unexpectedly.
 */
const STAND_IN = `
shopt -s nullglob
args=()
for arg in "$@"; do
  for file in "$IDS"/*; do arg=\${arg//"\${file##*/}_…"/$(<"$file")}; done
  args+=("$arg")
done
case \${0##*/} in
  npx)
    status=$(printf '%s\\0' "\${args[@]:1}" | "$CURL" -sS --data-binary @- "$RUNNER")
    cat "$IDS/../stderr" >&2
    output=$(cat "$IDS/../stdout"; echo "$status")
    ;;
  curl) output=$("$CURL" -sS -w '\\n%{http_code}' "\${args[@]}"; echo) ;;
esac
status=\${output##*$'\\n'}
output=\${output%"$status"}
while read -r id; do echo -n "$id" >"$IDS/\${id%%_*}"; done < <(grep -oE '\\b[a-z]+_[0-9A-Za-z]{21}\\b' <<<"$output")
case \${0##*/} in
  npx) printf %s "$output"; exit "$status" ;;
  curl) printf %s "\${output%$'\\n'}"; ((status < 400)) || [[ $status == 422 && $* == *EXPIRED* ]] ;;
esac
`

/**
 * Runs the commands of `npx dodo-emulator` in this process, because a process for each takes most of the time. Replies with the exit
 * code, and leaves the output in two files.
 */
async function startRunner (test: Test, folder: string, url: string): Promise<string> {
  const server = createServer((request, response) => {
    text(request).then(async given => {
      const { code, stdout, stderr } = await run(given.split('\0').slice(0, -1), { env: { DODO_PAYMENTS_EMULATOR_URL: url } })
      writeFileSync(join(folder, 'stdout'), stdout === '' ? '' : `${stdout}\n`)
      writeFileSync(join(folder, 'stderr'), stderr === '' ? '' : `${stderr}\n`)
      response.end(String(code))
    }).catch((error: Error) => { response.destroy(error) })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.teardown(() => { server.close() })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Runs commands against a separate emulator; returns their output. */
async function shell (test: Test, options: Partial<Record<OptionName, string>> = {}): Promise<(commands: string) => Promise<string>> {
  const { url } = await startEmulator(test, { port: '0', ...options }).emulator.listen()
  const folder = temporaryFolder(test)
  const ids = join(folder, 'ids')
  mkdirSync(ids)
  for (const name of ['curl', 'npx']) writeFileSync(join(folder, name), `#!/bin/bash\n${STAND_IN}`, { mode: 0o755 })
  const env = {
    PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
    IDS: ids,
    CURL,
    RUNNER: await startRunner(test, folder, url)
  }
  return async commands => {
    // The exit code of `verify` is its answer.
    const script = commands.replace(LEFT_OUT, '').replaceAll('http://127.0.0.1:4010', url)
      .replace(/^(npx dodo-emulator verify.*)$/gm, '$1 2>&1 || [ $? = 1 ]')
    return (await promisify(execFile)('bash', ['--norc', '-c', `set -e\n${script}`], { env, cwd: folder })).stdout
  }
}

t.test('find-out-why.md prints what it shows', { skip: hasShell ? false : 'needs bash and curl' }, async t => {
  const execute = await shell(t)
  const blocks = blocksOf('find-out-why.md')
  t.ok(blocks.length >= 5)
  for (const { commands, output } of blocks) {
    const printed = steady(await execute(commands))
    for (const line of steady(output ?? '').split('\n')) t.ok(printed.includes(line), `${line} is in ${printed}`)
  }
})

t.test('webhooks.md prints what it shows', { skip: hasShell ? false : 'needs bash and curl' }, async t => {
  const receiver = await startReceiver(t)
  const execute = await shell(t, { webhookUrl: receiver.url })
  const blocks = blocksOf('webhooks.md').map(({ commands }) => commands.replaceAll('http://localhost:3000/webhook', receiver.url))
  t.ok(blocks.length >= 8)
  for (const commands of blocks) {
    await execute(commands)
    await execute('curl http://127.0.0.1:4010/_emulator/idle')
    // The page describes each command of the block, in order.
    const expected = [...commands.matchAll(/# ((?:payment|abandoned_checkout)\.[a-z_., ]+)$/gm)].flatMap(([, types = '']) => types.split(', '))
    if (expected.length > 0) t.strictSame([...new Set(receiver.types())].sort(), expected.sort(), commands)
  }
})

t.test('test-usage-based-billing.md', { skip: hasShell ? false : 'needs bash and curl' }, async t => {
  const execute = await shell(t, { clock: '2026-04-01T00:00:00Z', clockFrozen: 'on' })
  const printed: string[] = []
  for (const { commands } of blocksOf('test-usage-based-billing.md')) printed.push(await execute(commands))
  t.match(printed[3], /"consumed_units": "2500"/)
  t.match(printed[4], /1500 calls at 2 minor units of USD \(2500 used, 1000 free\)/)
  t.match(printed[4], /\$79\.00/)
})

t.test('test-credits.md', { skip: hasShell ? skipVariant : 'needs bash and curl' }, async t => {
  const execute = await shell(t, { clock: '2026-02-01T00:00:00Z', clockFrozen: 'on' })
  const printed: string[] = []
  for (const { commands } of blocksOf('test-credits.md')) printed.push(await execute(commands))
  t.match(printed[1], /"balance":"1000"/)
  t.match(printed[2], /"balance":"200"/)
  t.match(printed[3], /"source_type":"rollover".*"initial_amount":"150"/)
  t.match(printed[4], /"overage":"30","overage_enabled":true,"overage_limit":"50","limit_reached":false,"remaining_headroom":"20"/)
  t.match(printed[4], /"total_amount":2960/)
})

t.test('test-subscriptions.md', { skip: hasShell ? false : 'needs bash and curl' }, async t => {
  const execute = await shell(t, { clock: '2026-01-31T09:00:00Z', clockFrozen: 'on' })
  const states: string[] = []
  for (const { commands } of blocksOf('test-subscriptions.md')) {
    await execute(commands)
    await execute('curl http://127.0.0.1:4010/_emulator/idle')
    const listed = await execute("curl http://127.0.0.1:4010/subscriptions -H 'authorization: Bearer test'")
    const { items } = JSON.parse(listed) as { items: Array<{ status: string }> }
    states.push(items[0]?.status ?? 'none')
  }
  t.strictSame(states,
    ['none', ...Array.from({ length: 8 }, () => 'active'), 'on_hold', ...Array.from({ length: 5 }, () => 'active'), 'cancelled'])
})

t.test('test-licences.md', { skip: hasShell ? skipVariant : 'needs bash and curl' }, async t => {
  const execute = await shell(t, { clock: '2026-01-31T09:00:00Z', clockFrozen: 'on' })
  const printed: string[] = []
  for (const { commands } of blocksOf('test-licences.md')) printed.push(await execute(commands))
  t.match(printed[1], /^lic_\w+ {2}[0-9a-f-]{36} {2}active {2}cus_ada {2}0 of \d+$/m)
  t.match(printed[2], '{"valid":true}')
  for (const status of ['Failed', 'Delivered', 'Revoked', 'Pending']) t.match(printed[4], `"status": "${status}"`)
  t.match(printed[5], /^To: ada@example\.com$/m)
})

t.test('test-disputes-and-payouts.md', { skip: hasShell ? skipVariant : 'needs bash and curl' }, async t => {
  const execute = await shell(t, { clock: '2030-01-05T00:00:00Z', clockFrozen: 'on' })
  const printed: string[] = []
  for (const { commands } of blocksOf('test-disputes-and-payouts.md')) printed.push(await execute(commands))
  t.match(printed[1], /Fee: 4% base \+ 1\.5% customer outside the US = 5\.5% of/)
  t.match(printed[2], /"event_type":"payment_fees"/)
  t.match(printed[3], /"dispute_status": "dispute_won"/)
  t.match(printed[4], /"dispute_status":"dispute_expired"/)
  t.match(printed[5], /"status": "failed"/)
  t.match(printed[6], /"event_type":"payment","total":12094.*Ledger ID,Event Type,/s)
  t.match(printed[7], /"status":"success"/)
})
