#!/usr/bin/env node
/** The executable `dodo-emulator`: runs the command line and implements the commands that need an emulator in this process. */
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import module from 'node:module'
import type { ExecOptions } from './commands/exec.js'
import type { McpOptions } from './commands/mcp.js'
import type { Output } from './commands/output.js'
import type { Given } from './commands/program.js'
import { runCommandLine } from './commands/run.js'
import type { ComparedEmulator } from './compare/compare.js'
import { readConfig, type Config } from './config/config.js'
import { tlsFolderOf } from './config/data-folder.js'
import type { Listening } from './emulator.js'
import type { Violation } from './errors.js'
import type { Prepare } from './fixtures/load.js'
import type { Source } from './fixtures/report.js'
import { maskedUrl } from './requests/secrets.js'
import { VERSION } from './root.js'
import { systemClock } from './sandbox/clock.js'
import { endGracefully } from './commands/signals.js'

async function start (config: Config, { output, fixtures }: Given): Promise<void> {
  const { createApp } = await import('./emulator.js')
  const emulator = createApp(withFolder(config), await preparation(fixtures ?? config.fixtures))
  try {
    const listening = await emulator.listen()
    await endGracefully(emulator.close)
    if (config.portFile !== null) writeFileSync(config.portFile, `${listening.port}\n`)
    const made = Object.values(emulator.played()).flat().filter(({ key }) => key !== null)
    if (output.json) console.log(JSON.stringify(startedJson(listening, config)))
    else console.log([greeting(listening, config), ...made.map(({ key, id }) => `  ${key}: ${id}`)].join('\n'))
    keepCompiledCode()
  } catch (error) {
    await emulator.close()
    throw error
  }
}

/**
 * Writes the compiled code for the next start, if bin/ has enabled that. Node.js writes it when the process ends, but containers
 * and test runners often kill it. Node.js before 22.10 has no function for this.
 */
function keepCompiledCode (): void {
  const { flushCompileCache } = module as { flushCompileCache?: () => void }
  setImmediate(() => { flushCompileCache?.() })
}

/** The folder of the user depends on the environment, which only the command reads. */
const withFolder = (config: Config): Config => ({ ...config, tlsFolder: tlsFolderOf(config.tlsFolder, process.env) })

/** Starts an emulator and runs a command against it. This process ends with the command. */
async function exec (config: Config, options: ExecOptions, { output, fixtures }: Given): Promise<never> {
  const { createApp } = await import('./emulator.js')
  const emulator = createApp(withFolder(config), await preparation(fixtures ?? config.fixtures))
  try {
    const { address: url, proxyUrl, certificateFile, webhookSecret } = await emulator.listen()
    const { execute } = await import('./commands/exec.js')
    const { apiKeys, webhookKey, controlKey, control: hasControl } = config
    return await execute({
      target: { url, prefix: '', controlKey },
      apiKey: [...apiKeys][0] ?? 'test',
      webhookKey: webhookSecret ?? webhookKey ?? unusedSecret(),
      hasControl,
      proxy: proxyUrl === null || certificateFile === null ? null : { url: proxyUrl, certificateFile },
      close: emulator.close
    }, options, output)
  } catch (error) {
    await emulator.close()
    throw error
  }
}

/** Serves the tools for agents, for a running emulator or for one that ends with the command. */
async function mcp (config: Config, options: McpOptions, { fixtures }: Given): Promise<void> {
  const { url, prefix, apiKey, controlKey, set, stop } = options
  const { remoteBackend, serve } = await import('./mcp/stdio.js')
  if (url !== null) return await serve(remoteBackend({ url, prefix, apiKey, controlKey }), { set, stop })
  const { createApp } = await import('./emulator.js')
  const emulator = createApp(withFolder(config), await preparation(fixtures ?? config.fixtures))
  try {
    const { address } = await emulator.listen()
    await serve(remoteBackend({ url: address, prefix, apiKey, controlKey: config.controlKey }), { set, stop })
  } finally {
    await emulator.close()
  }
}

/** A valid secret for programs that do not start without one, although no configured endpoint signs with it. */
const unusedSecret = () => `whsec_${randomBytes(24).toString('base64')}`

/** Imports the modules that read and check fixtures on demand, because loading them takes time. */
async function preparation (fixtures: Source | readonly string[] | null): Promise<Prepare | undefined> {
  if (fixtures === null) return undefined
  const { fromFiles, fromSources } = await import('./fixtures/load.js')
  return 'document' in fixtures ? fromSources([fixtures]) : fromFiles(fixtures)
}

/** Creates an emulator from the files without listening, and prints the number of items in them. */
async function checkFixtures (files: readonly string[], config: Config, output: Output): Promise<void> {
  const { createApp } = await import('./emulator.js')
  const { fromSources, readSources } = await import('./fixtures/load.js')
  const { contentsText, countItems, countsByList } = await import('./fixtures/contents.js')
  const sources = await readSources(files)
  await createApp(config, fromSources(sources)).close()
  const counts = countItems(sources.map(({ document }) => document))
  const text = `${files.join(' and ')} can be used: ${contentsText(counts) || 'no items'}`
  output.show({ files, items: countsByList(counts) }, () => text)
}

/** The violations for which an emulator would not start from a document. */
async function problemsOf (document: object): Promise<readonly Violation[]> {
  const { createApp } = await import('./emulator.js')
  const { fromObject } = await import('./fixtures/load.js')
  const { FixturesError } = await import('./fixtures/report.js')
  try {
    await createApp(readConfig({ database: ':memory:' }, {}), fromObject(document)).close()
    return []
  } catch (error) {
    if (error instanceof FixturesError) return error.violations
    throw error
  }
}

/** Starts an emulator without data, which is called without a port. */
async function emulatorToCompare (): Promise<ComparedEmulator> {
  const { createApp } = await import('./emulator.js')
  const config = readConfig({ database: ':memory:', fixtures: 'none' }, {})
  const { app, close } = createApp(config, await preparation(config.fixtures))
  return {
    sandbox: name => async (method, url, body) => {
      const { statusCode: status, body: text } = await app.inject({
        method: method as 'GET',
        url,
        headers: { authorization: `Bearer sandbox_${name}` },
        ...(body === undefined ? {} : { payload: body as object })
      })
      return { status, text }
    },
    close
  }
}

/** The facts of the greeting, in one line, for programs that start the emulator. */
function startedJson (listening: Listening, { apiKeys, control }: Config) {
  const { url, address, port, tlsUrl, proxyUrl, certificateFile, webhookSecret } = listening
  return {
    url: address,
    port,
    public_url: url,
    tls_url: tlsUrl,
    proxy_url: proxyUrl,
    certificate_file: certificateFile,
    api_key: [...apiKeys][0] ?? 'test',
    webhook_key: webhookSecret,
    dashboard_url: control ? `${address}/` : null,
    version: VERSION,
    process_id: process.pid
  }
}

/**
 * The message after the start: addresses, and the settings of a program. The public URL is separate, because it may only be
 * reachable by browsers.
 */
function greeting ({ address, tlsUrl, proxyUrl, certificateFile, webhookSecret }: Listening, config: Config): string {
  const { database, publicUrl, host, apiKeys, webhookUrl } = config
  const data = database === ':memory:' ? 'in memory, lost when the emulator stops' : `in ${database}`
  const isOpen = host === '0.0.0.0' || host === '::'
  const about = [
    `  Data         ${data}`,
    ...(isOpen ? [`  Network      open on every address of this computer (--host ${host})`] : []),
    ...(publicUrl === null ? [] : [`  Public URL   ${publicUrl} (links begin with it)`]),
    ...(config.control ? [`  Dashboard    ${address}/`] : []),
    `  API docs     ${address}/docs`,
    ...(tlsUrl === null ? [] : [`  HTTPS        ${tlsUrl}`]),
    ...(proxyUrl === null ? [] : [`  Proxy        ${proxyUrl} (HTTPS_PROXY; it answers for the hosts of Dodo Payments)`]),
    ...(certificateFile === null ? [] : [`  Certificate  ${certificateFile} (how to trust it: npx dodo-emulator trust)`])
  ]
  const eventsGo = `(events go to ${maskedUrl(webhookUrl ?? '')})`
  const settings = [
    `  DODO_PAYMENTS_BASE_URL=${address}`,
    `  DODO_PAYMENTS_API_KEY=${[...apiKeys][0] ?? 'test'}${apiKeys.size === 0 ? '   (any key is accepted)' : ''}`,
    ...(webhookSecret === null ? [] : [`  DODO_PAYMENTS_WEBHOOK_KEY=${webhookSecret}   ${eventsGo}`])
  ]
  return `dodo-emulator ${VERSION} listens on ${address}

${about.join('\n')}

Set these for your program, and do not set an environment in its client:

${settings.join('\n')}
`
}

process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  local: {
    start,
    checkFixtures,
    exec,
    mcp,
    async createAuthority (folder) {
      const { createAuthority } = await import('./emulator.js')
      return await createAuthority(folder, systemClock())
    },
    async init (path, force) {
      const { writeConfig } = await import('./commands/init.js')
      await writeConfig(path, force)
    },
    async importAccount (options, output) {
      const { importAccount } = await import('./commands/import.js')
      await importAccount(options, problemsOf, output)
    },
    async compare (options, output) {
      const { compareAccounts } = await import('./compare/compare.js')
      const { createProgress } = await import('./commands/progress.js')
      const progress = createProgress()
      const show: typeof output.show = (report, textOf) => {
        progress.end()
        output.show(report, textOf)
      }
      await compareAccounts(options, emulatorToCompare, { step: progress.update, show }).finally(progress.end)
    }
  }
})
