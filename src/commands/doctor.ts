/** The command `doctor`: looks for mistakes in the set-up of a program and its emulator. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Command } from 'commander'
import { SetupError } from '../errors.js'
import type { Environment } from '../config/table.js'
import { plural } from '../rules/text.js'
import { checkEmulator } from './doctor/emulator.js'
import type { Finding, SetUp } from './doctor/findings.js'
import { checkClient, checkVariables } from './doctor/program.js'
import { coloured } from './output.js'
import type { TargetFlags } from './target.js'
import type { Tools } from './tools.js'

const HELP = '\nReads the environment, and .env and .env.local in the current folder. Exits with 1 if it finds a problem.'

export function addDoctor (program: Command, { client, targetOf, env, show }: Tools): void {
  client(program, 'doctor', 'find mistakes in the set-up: variables, key, secret, clock, links, versions')
    .addHelpText('after', HELP)
    .action(async (flags: TargetFlags) => {
      const variables = { ...readEnvFiles(process.cwd()), ...env }
      const setUp: SetUp = { variables, target: targetOf(flags), folder: process.cwd() }
      const findings = [...checkVariables(setUp), ...await checkEmulator(setUp), ...checkClient(setUp)]
      show({ findings }, ({ findings }) => findings.map(findingText))
      const count = findings.filter(({ status }) => status === 'problem').length
      if (count > 0) throw new SetupError(`${plural(count, 'problem')} found`)
    })
}

/** The files that frameworks read, in the order of their precedence. */
const ENV_FILES = ['.env', '.env.local']

function readEnvFiles (folder: string): Environment {
  return Object.assign({}, ...ENV_FILES.map(name => {
    try {
      return parseEnv(readFileSync(join(folder, name), 'utf8'))
    } catch {
      return {} // there is no such file
    }
  })) as Environment
}

const MARKS = {
  ok: ['green', 'ok     '], warning: ['yellow', 'warning'], problem: ['red', 'problem']
} as const

/** `problem  api-key: …`, and a line with what to change. */
function findingText ({ check, status, message, fix }: Finding): string {
  const [colour, mark] = MARKS[status]
  return `${coloured(colour, mark)}  ${check}: ${message}${fix === null ? '' : `\n         ${fix}`}`
}
