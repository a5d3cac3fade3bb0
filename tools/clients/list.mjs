// The clients that `npm run clients` runs: their packages, toolchains, commands and differences.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const FOLDER = join(dirname(dirname(import.meta.dirname)), 'examples', 'clients')

/** The version that a project file pins. */
function pinned (file, pattern) {
  const found = pattern.exec(readFileSync(join(FOLDER, file), 'utf8'))
  if (found === null) throw new Error(`examples/clients/${file} does not pin a version: ${pattern}`)
  return found[1]
}

/** The lines `ok …` that every flow prints. */
export const STEPS = [
  'create', 'list', 'pay', 'read', 'line items', 'refund', 'checkout', 'subscription', 'licence', 'refusal', 'webhook'
]

/**
 * `commands` gets the folder of the sources and a folder for what is built. It returns the environment, the commands that build,
 * and those of the sample, of the flow, of a program that the dashboard generated, and of the example of a test, which uses the
 * running emulator. With `viaProxy`, the sample also runs as it would in production, except for the variables of a proxy and of a
 * certificate.
 */
export const CLIENTS = [
  {
    name: 'python',
    title: 'Python',
    version: pinned('python/pyproject.toml', /dodopayments\[webhooks\]==([\d.]+)/),
    toolchain: [['python3', '-m', 'venv', '--help']],
    sample: 'unchanged',
    webhook: '`client.webhooks.unwrap`',
    strict: 'yes: `_strict_response_validation`',
    commands: (source, build) => {
      const python = join(build, 'venv', 'bin', 'python')
      const requirement = `dodopayments[webhooks]==${pinned('python/pyproject.toml', /dodopayments\[webhooks\]==([\d.]+)/)}`
      return {
        env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONWARNINGS: 'ignore::DeprecationWarning' },
        prepare: [
          ['python3', '-m', 'venv', join(build, 'venv')],
          [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement, 'pytest==9.2.0']
        ],
        sample: [python, 'sample.py'],
        viaProxy: true,
        flow: [python, 'flow.py'],
        generated: ({ file }) => [[python, file]],
        tests: { folder: 'pytest', command: [python, '-m', 'pytest', '-q', '-p', 'no:cacheprovider'] }
      }
    }
  },
  {
    name: 'go',
    title: 'Go',
    version: pinned('go/go.mod', /dodopayments-go v([\d.]+)/),
    toolchain: [['go', 'version']],
    sample: 'unchanged',
    webhook: '`client.Webhooks.Unwrap`',
    strict: 'the client has no such mode',
    commands: (source, build) => ({
      env: { GOFLAGS: '-mod=readonly' },
      prepare: [['go', 'build', '-o', `${build}/`, './sample', './flow']],
      sample: [join(build, 'sample')],
      flow: [join(build, 'flow')],
      generated: ({ file }) => [['go', 'run', file]],
      tests: { folder: 'go-test', command: ['go', 'test', '-count=1', './...'] }
    })
  },
  {
    name: 'rust',
    title: 'Rust',
    version: pinned('rust/Cargo.toml', /dodopayments = "=([\d.]+)"/),
    toolchain: [['cargo', '--version'], ['cc', '--version']],
    sample: 'of `POST /checkouts`: there is no other',
    webhook: 'the crate `standardwebhooks`: the client has no helper',
    strict: 'always',
    commands: (source, build) => ({
      env: { CARGO_TARGET_DIR: build },
      prepare: [['cargo', 'build', '--quiet']],
      sample: [join(build, 'debug', 'sample')],
      flow: [join(build, 'debug', 'flow')],
      generated: ({ folder, name }) => [['cargo', 'run', '--quiet', '--manifest-path', join(folder, 'Cargo.toml'), '--bin', name]]
    })
  }
]

/**
 * Clients whose package is tried on every run. If the registry has it, the published sample and the flow run. A test replays their
 * recorded requests in any case.
 */
export const TRIED = [
  { name: 'java', title: 'Java', flowClass: 'shop.Flow' },
  { name: 'kotlin', title: 'Kotlin', flowClass: 'shop.FlowKt' }
].map(({ name, title, flowClass }) => {
  const version = pinned(`${name}/pom.xml`, /dodo-payments-\w+<\/artifactId>\s*<version>([\d.]+)/)
  const run = build => ['mvn', '-q', '-B', 'compile', 'exec:java', `-Dbuild.folder=${build}`]
  return {
    name,
    title,
    version,
    sample: 'unchanged',
    webhook: '`client.webhooks().unwrap`',
    strict: '`responseValidation(true)`',
    reason: 'CI cannot install it from Maven Central',
    artifact: `com.dodopayments.api:dodo-payments-${name}:${version}`,
    toolchain: [['mvn', '--version']],
    resolve: ['mvn', '-q', '-B', 'dependency:resolve'],
    commands: build => ({ sample: run(build), flow: [...run(build), '-Dprogram=flow', `-Dexec.mainClass=${flowClass}`] })
  }
})

/** Clients that cannot be installed here. Their samples are held by recorded traffic (test/api/recorded-samples.test.ts). */
export const NOT_RUN = [
  ['csharp', 'C#', 'read in November 2026', 'NuGet'],
  ['php', 'PHP', 'read in November 2026', 'Packagist'],
  ['ruby', 'Ruby', 'read in November 2026', 'RubyGems']
].map(([name, title, version, registry]) => ({ name, title, version, reason: `CI cannot install it from ${registry}` }))
