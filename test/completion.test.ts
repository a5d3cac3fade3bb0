/** The completion scripts, run by the shells. A shell that is not installed is skipped. */
import { execFile, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { leaves, run } from './command-runs.js'
import { temporaryFolder } from './processes.js'

const execute = promisify(execFile)

/** How each shell is asked for the completions of the words; the last word is incomplete. */
const ASKING: Record<string, (script: string, words: string[]) => string> = {
  bash: (script, words) => `source ${script}
COMP_WORDS=(${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_dodo_emulator
printf '%s\\n' "\${COMPREPLY[@]}"`,
  // The functions of zsh's completion system, which exists in interactive shells only.
  zsh: (script, words) => `compdef () { :; }
matching () { for name in "$@"; do [[ $name == "\${words[CURRENT]}"* ]] && print -r -- "$name"; done; true }
_describe () { local list=\${@[-1]}; matching "\${(@)\${(@P)list}%%:*}" }
compadd () { shift; matching "$@" }
_files () { matching * }
_message () { :; }
source ${script}
words=(${words.map(word => `'${word}'`).join(' ')}); CURRENT=${words.length}
_dodo_emulator`,
  fish: (script, words) => `source ${script}; complete -C '${words.join(' ')}'`
}

for (const [shell, asking] of Object.entries(ASKING)) {
  const isThere = spawnSync(shell, ['--version']).status === 0
  t.test(shell, { skip: isThere ? false : `${shell} is not installed` }, async t => {
    const folder = temporaryFolder(t)
    const script = join(folder, 'completion')
    writeFileSync(script, (await run(['completion', shell])).stdout)
    writeFileSync(join(folder, 'catalog.yaml'), '')
    const complete = async (...words: string[]): Promise<string[]> => {
      const { stdout } = await execute(shell, ['-c', asking(script, ['dodo-emulator', ...words])], { cwd: folder, env: { ...process.env, HOME: folder } })
      return [...new Set(stdout.split('\n').map(line => line.split('\t')[0] ?? '').filter(line => line !== ''))].sort()
    }
    const commands = [...new Set(leaves.map(({ name }) => name.split(' ')[0] ?? ''))].sort()
    t.strictSame(await complete(''), commands)
    t.strictSame(await complete('clock', 's'), ['set', 'show'])
    t.strictSame(await complete('deliveries', 'fail', 'd'), ['delay', 'drop', 'duplicate'])
    t.strictSame(await complete('pay', 'pay_1', '--outcome', 's'), ['succeeded'])
    t.strictSame(await complete('start', '--tax', ''), ['off', 'on'])
    t.strictSame(await complete('snapshot', 'export', 'kept', '--sand'), ['--sandbox'])
    t.strictSame(await complete('load', 'cat'), ['catalog.yaml'])
    t.strictSame(await complete('start', '--fixtures', 'cat'), ['catalog.yaml'])
    t.strictSame(await complete('explain', 'pay_1', '--port', ''), [], 'any value')
  })
}

t.test('refuses other shells', async t => {
  t.match(await run(['completion', 'tcsh']), { code: 2, stderr: /must be bash, zsh or fish/ })
})
