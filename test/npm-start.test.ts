/** `npm start` and `npx dodo-emulator` in a checkout: the emulator ends with npm, and nothing is built twice. */
import { execFile, spawn } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { packagePath, VERSION } from '../src/root.js'
import { skipVariant } from './effort.js'
import { temporaryFolder } from './processes.js'

const PATIENCE_MS = 60_000

async function until (isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!await isTrue()) {
    if (performance.now() > end) throw new Error(`still false after ${PATIENCE_MS / 1000} s: ${what}`)
    await wait(50)
  }
}

/** Starts `npm start` on a free port; `signal` reaches npm only. */
async function start (test: Test, shell?: string) {
  const portFile = join(temporaryFolder(test), 'port')
  const npm = spawn('npm', ['start', '--', '--port', '0', '--port-file', portFile, '--database', ':memory:'], {
    cwd: packagePath(),
    env: { ...process.env, ...(shell === undefined ? {} : { npm_config_script_shell: shell }) },
    stdio: 'ignore',
    detached: true // // a process group of its own, so that the test can end all of it
  })
  const { pid } = npm
  if (pid === undefined) throw new Error('npm has not started')
  test.teardown(() => {
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {} // // all of it has ended
  })
  await until(() => existsSync(portFile) && readFileSync(portFile, 'utf8').endsWith('\n'), 'the emulator has started')
  const url = `http://127.0.0.1:${readFileSync(portFile, 'utf8').trim()}/_emulator/health`
  const answers = () => fetch(url, { headers: { connection: 'close' } }).then(({ ok }) => ok, () => false)
  test.ok(await answers())
  return { signal: (name: NodeJS.Signals) => { npm.kill(name) }, answers }
}

/** A shell between npm and the emulator that does not forward signals. */
function lingeringShell (test: Test): string {
  const path = join(temporaryFolder(test), 'shell.sh')
  writeFileSync(path, '#!/bin/sh\nsh "$@"\nexit $?\n')
  chmodSync(path, 0o755)
  return path
}

t.test('ends when npm gets a signal, and builds nothing again', { skip: process.platform === 'win32' && 'there are no signals' }, async t => {
  const built: number[] = []
  for (const shell of [undefined, lingeringShell(t)]) {
    for (const name of ['SIGTERM', 'SIGKILL'] as const) {
      const { signal, answers } = await start(t, shell)
      built.push(statSync(packagePath('dist', 'cli.js')).mtimeMs)
      signal(name)
      await until(async () => !await answers(), `the emulator has ended after ${name} to npm, in ${shell ?? 'sh'}`)
      t.pass(`${name} to npm, in ${shell === undefined ? 'the usual shell' : 'a shell that lingers'}`)
    }
  }
})

t.test('npx finds the command anywhere in a checkout', { skip: skipVariant }, async t => {
  for (const folder of [packagePath(), packagePath('docs', 'how-to')]) {
    const { stdout } = await promisify(execFile)('npm', ['exec', '--', 'dodo-emulator', '--version'], { cwd: folder })
    t.equal(stdout, `${VERSION}\n`)
  }
})
