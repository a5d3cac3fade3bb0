// The command line of the suite: parts, servers and durations.
import { parseArgs } from 'node:util'
import { GUARDED_PARTS, GUARDED_ROUNDS } from './guard.mjs'

export const SERVERS = ['bare', 'naive', 'ours', 'prism', 'steady']
export const PEERS = ['prism', 'steady']
export const PARTS = ['throughput', 'memory', 'start', 'size', 'stored', 'webhooks', 'lists', 'renewals', 'sandboxes', 'usage', 'licenses', 'reads']

const help = `usage: npm run bench -- [options]

  --quick           short rounds, no peers, no installed size, 100,000 stored payments at most,
                    1,000 events, lists of 10,000, 200 sandboxes and 1,000,000 usage events
  --only a,b        only these servers (${SERVERS.join(', ')})
                    and/or only these parts (${PARTS.join(', ')})
  --rounds N        number of rounds; the report shows medians (default 3)
  --seconds N       length of a counted run, whole seconds (default 5)
  --stored a,b      payments stored in the part "stored" (default 0,100000,1000000)
  --document FILE   another OpenAPI document for naive, prism and steady
                    (default openapi/openapi.gen.json)
  --guard           compare with baseline.json, the ratios of the last release, in half a minute; ends with
                    code 1 if one is more than a quarter lower in all ${GUARDED_ROUNDS} rounds. Ends after the first
                    round in which none is
  --baseline        measure as --guard does, and write baseline.json
  --json FILE       also write every sample to FILE
  --help            this text`

class UsageError extends Error {}

function wholeNumber (name, text) {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 0) {
    throw new UsageError(`--${name}: "${text}" is not a whole number`)
  }
  return number
}

function atLeastOne (name, text) {
  const number = wholeNumber(name, text)
  if (number === 0) throw new UsageError(`--${name}: at least 1`)
  return number
}

function parse (args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      stored: { type: 'string' },
      document: { type: 'string' },
      guard: { type: 'boolean', default: false },
      baseline: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false }
    }
  })
  const guarded = values.guard || values.baseline
  const quick = values.quick || guarded
  const only = values.only?.split(',').map((name) => name.trim()) ?? []
  if (guarded && only.length > 0) throw new UsageError('--guard and --baseline measure all that they compare: leave --only out')
  for (const name of only) {
    if (!SERVERS.includes(name) && !PARTS.includes(name)) {
      throw new UsageError(`--only: "${name}" is neither of ${[...SERVERS, ...PARTS].join(', ')}`)
    }
  }
  const onlyServers = SERVERS.filter((name) => only.includes(name))
  const onlyParts = PARTS.filter((name) => only.includes(name))
  const defaultServers = quick ? SERVERS.filter((name) => !PEERS.includes(name)) : SERVERS
  const defaultParts = quick ? PARTS.filter((name) => name !== 'size') : PARTS
  const servers = guarded ? ['ours'] : onlyServers.length > 0 ? onlyServers : defaultServers
  const parts = guarded ? GUARDED_PARTS : onlyParts.length > 0 ? onlyParts : defaultParts
  const defaultRounds = guarded ? GUARDED_ROUNDS : quick ? 2 : 3
  return {
    quick,
    guard: values.guard,
    baseline: values.baseline,
    help: values.help,
    // Ratios need the yardstick.
    servers: SERVERS.filter((name) => name === 'bare' || servers.includes(name)),
    parts,
    rounds: atLeastOne('rounds', values.rounds ?? String(defaultRounds)),
    seconds: atLeastOne('seconds', values.seconds ?? (quick ? '2' : '5')),
    starts: quick ? 3 : 7,
    read: quick ? 10_000 : 100_000,
    sandboxes: quick ? 200 : 1000,
    stored: (values.stored ?? (quick ? '0,100000' : '0,100000,1000000')).split(',')
      .map((text) => wholeNumber('stored', text)).sort((a, b) => a - b),
    document: values.document,
    json: values.json
  }
}

// The options, or undefined after help or an error was printed and the exit code was set.
export function readOptions (args) {
  try {
    const options = parse(args)
    if (!options.help) return options
    console.log(help)
  } catch (error) {
    if (!(error instanceof UsageError) && !error.code?.startsWith('ERR_PARSE_ARGS')) throw error
    console.error(`${error.message}\n\n${help}`)
    process.exitCode = 2
  }
}
