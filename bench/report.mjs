// The figures as Markdown for bench/README.md.
import os from 'node:os'
import { medianOf } from './statistics.mjs'

const wholeNumber = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const missing = '–'

const number = (value) => {
  if (value === undefined) return missing
  return value < 10 ? value.toFixed(1) : wholeNumber.format(value)
}
const megabytes = (value) => value === undefined ? missing : `${wholeNumber.format(value)} MB`
const milliseconds = (value) => value === undefined ? missing : `${wholeNumber.format(value)} ms`

export function ratio (value) {
  if (value === undefined) return missing
  return value < 0.1 ? String(Number(value.toPrecision(2))) : value.toFixed(2)
}

function latency (us) {
  if (us === undefined) return missing
  if (us === 0) return '< 1 ms' // autocannon counts whole milliseconds
  return us < 1000 ? `${us.toFixed(0)} µs` : `${(us / 1000).toFixed(us < 10_000 ? 1 : 0)} ms`
}

function table (head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, column) => column === 0 ? '---' : '--:')
  return [line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n')
}

export function machine () {
  const cpus = os.cpus()
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown CPU',
    cores: os.availableParallelism(),
    memoryGb: Math.round(os.totalmem() / 1e9),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version
  }
}

function headerLine ({ host, date, generator, options, loadAverage }) {
  const lines = [
    `Measured on ${date}: ${host.cpu}, ${host.cores} cores, ${host.memoryGb} GB, ${host.system}, ` +
    `Node.js ${host.node}; load from ${generator}, one thread, on the same machine; ` +
    (options.rounds === 1 ? 'one round' : `medians of ${options.rounds} rounds`) +
    ` of ${options.seconds} s.`
  ]
  if (options.quick) lines.push('**A quick run: too short to be quoted.**')
  if (loadAverage > 0.5) {
    lines.push(`**The machine was not idle: load average ${loadAverage.toFixed(1)} at the start.**`)
  }
  return lines.join(' ')
}

function throughputTable (samples, contestants) {
  const rows = contestants.map(({ key, name }) => {
    const cells = [name]
    for (const connections of [1, 32]) {
      const own = samples.filter((one) => one.server === key && one.connections === connections)
      cells.push(
        number(medianOf(own, (one) => one.requestsPerSecond)),
        key === 'bare' ? '1' : ratio(medianOf(own, (one) => one.ratio)),
        latency(medianOf(own, (one) => one.p50Us)),
        latency(medianOf(own, (one) => one.p99Us)),
        latency(medianOf(own, (one) => one.cpuUsPerRequest))
      )
    }
    return cells
  })
  return table([
    '`POST /payments`', '1 connection: req/s', 'ratio', 'p50', 'p99', 'CPU/req',
    '32 connections: req/s', 'ratio', 'p50', 'p99', 'CPU/req'
  ], rows)
}

function yardstickSpread (samples) {
  const speeds = samples.filter((one) => one.server === 'bare' && one.connections === 32)
    .map((one) => one.requestsPerSecond)
  return 'Ratio: to bare Fastify run just before and just after. In this run bare Fastify itself ' +
    `gave from ${number(Math.min(...speeds))} to ${number(Math.max(...speeds))} req/s at ` +
    '32 connections: compare ratios, not requests per second.'
}

function footprintTable (results, contestants) {
  const rows = contestants.map(({ key, name }) => {
    const memory = results.memory?.find((one) => one.server === key)
    const starts = results.start?.filter((one) => one.server === key) ?? []
    const size = results.size?.find((one) => one.server === key)
    return [
      name,
      megabytes(memory?.idleMb),
      megabytes(memory?.loadedMb),
      milliseconds(medianOf(starts, (one) => one.coldStartMs)),
      megabytes(size?.installedMb)
    ]
  })
  return table([
    'server', 'memory idle', 'memory after 100,000 payments', 'cold start to the first 200',
    'installed'
  ], rows)
}

function sizeNote (results) {
  const size = results.size?.find((one) => one.server === 'ours')
  if (size?.nativeMb === undefined) return undefined
  const { installedMb, installedPrebuiltMb, nativeMb, nativeNeededMb, tarballMb } = size
  const compiled = installedMb - installedPrebuiltMb > 1
    ? ` It was compiled here; with a prebuilt binary the whole is ${megabytes(installedPrebuiltMb)}.`
    : ''
  return `Of dodo-emulator's ${megabytes(installedMb)}, better-sqlite3 is ${megabytes(nativeMb)}, ` +
    `of which ${nativeNeededMb.toFixed(1)} MB are needed to run.${compiled} The tarball is ` +
    `${tarballMb.toFixed(1)} MB.`
}

function storedTable (samples, sizes) {
  const rows = []
  for (const request of ['POST /payments', 'GET /payments']) {
    for (const size of sizes) {
      const own = samples.filter((one) => one.request === request && one.size === size)
      rows.push([
        `\`${request}\`, ${wholeNumber.format(size)} stored`,
        number(medianOf(own, (one) => one.requestsPerSecond)),
        ratio(medianOf(own, (one) => one.ratio)),
        ratio(medianOf(own, (one) => one.toEmpty)),
        ratio(medianOf(own, (one) => one.cpuToEmpty)),
        latency(medianOf(own, (one) => one.p50Us)),
        latency(medianOf(own, (one) => one.p99Us))
      ])
    }
  }
  return table([
    'dodo-emulator, 32 connections', 'req/s', 'ratio to bare Fastify', 'ratio to empty', 'CPU per request to empty', 'p50', 'p99'
  ], rows)
}

function storedNote (samples) {
  const before = medianOf(samples.filter((one) => one.size === 0), (one) => one.storedBefore)
  return '`GET /payments` is its first page. Each store had the payments of the warm-up in addition ' +
    `(so "0" began with about ${number(before)}, and its first page is full too).`
}

function webhooksTable (samples) {
  const of = (figure) => samples.filter((one) => one.figure === figure)
  const middle = (figure, pick) => medianOf(of(figure), pick)
  const events = wholeNumber.format(samples.find((one) => one.events !== undefined)?.events ?? 0)
  const came = middle('restart', (one) => one.unique)
  const rows = [
    [`${events} events to a fast receiver`, `${number(middle('delivery', (one) => one.perSecond))} a second`,
      `${ratio(middle('delivery', (one) => one.ratio))} of a bare sign-and-post`],
    [`the same after \`kill -9\`, which ${came === undefined ? missing : wholeNumber.format(came)} outlived`,
    `${number(middle('restart', (one) => one.perSecond))} a second, the start included`,
    `${ratio(middle('restart', (one) => one.toDelivery))} of the line above`],
    ...[1, 8].map((connections) => {
      const own = of('hanging').filter((one) => one.connections === connections)
      return [`\`POST /payments\`, ${connections === 1 ? '1 connection' : `${connections} connections`}, beside a hanging receiver`,
        `p50 ${latency(medianOf(own, (one) => one.p50Us))}, p99 ${latency(medianOf(own, (one) => one.p99Us))}`,
        `p50 ${ratio(medianOf(own, (one) => one.p50Ratio))}, p99 ${ratio(medianOf(own, (one) => one.p99Ratio))} ` +
        'times that without it']
    })
  ]
  return table(['dodo-emulator, webhooks', 'figure', 'ratio'], rows)
}

function webhooksNote (samples) {
  const speeds = samples.filter((one) => one.figure === 'yardstick').map((one) => one.perSecond)
  if (speeds.length === 0) return undefined
  return 'The yardstick signs and posts the same body and writes nothing down. In this run it gave from ' +
    `${number(Math.min(...speeds))} to ${number(Math.max(...speeds))} a second.`
}

function listsTable (samples) {
  const rows = wholeNumber.format(samples[0].rows)
  const queries = [...new Set(samples.map((one) => `${one.path} ${one.query}`))]
  return table(['first page, 1 connection, p50', 'filter', 'selects', '100 stored', `${rows} stored`, 'ratio'],
    queries.map((name) => {
      const own = samples.filter((one) => `${one.path} ${one.query}` === name)
      const [{ path, filter, selects, found }] = own
      return [`\`GET ${path}\``, filter, selects === 'few' ? `few (${found})` : selects, latency(medianOf(own, (one) => one.smallUs)),
        latency(medianOf(own, (one) => one.largeUs)), ratio(medianOf(own, (one) => one.ratio))]
    }))
}

const listsNote = 'The rows beyond the first 100 were not made through the API but are copies of those, written into the database. ' +
  'Where a filter selects few, they are the oldest.'

function usageTable (samples) {
  return table(['usage events, 32 connections, batches of 100', 'events stored', 'value', 'ratio to empty'], samples.map(
    ({ name, stored, value, unit, toEmpty }) => [
      name, wholeNumber.format(stored), `${wholeNumber.format(Math.round(value))} ${unit}`, toEmpty?.toFixed(2) ?? ''
    ]))
}

function readsTable (samples, stored) {
  const names = [...new Set(samples.map((one) => one.request))]
  const title = `dodo-emulator, 32 connections, ${wholeNumber.format(stored)} payments stored`
  return table([title, 'requests/s', 'ratio to bare Fastify', 'CPU per request', 'CPU of bare Fastify, relative to it'],
    names.map((name) => {
      const own = samples.filter((one) => one.request === name)
      return [`\`${name}\``, wholeNumber.format(Math.round(medianOf(own, (one) => one.requestsPerSecond))),
        ratio(medianOf(own, (one) => one.ratio)), `${Math.round(medianOf(own, (one) => one.cpuUsPerRequest))} µs`,
        ratio(medianOf(own, (one) => one.cpuRatio))]
    }))
}

function licensesTable (samples) {
  const names = [...new Set(samples.map((one) => one.request))]
  return table(['dodo-emulator, 32 connections, 1,000 licence keys stored', 'requests/s', 'ratio to bare Fastify'], names.map((name) => {
    const own = samples.filter((one) => one.request === name)
    return [`\`${name}\``, wholeNumber.format(Math.round(medianOf(own, (one) => one.requestsPerSecond))),
      ratio(medianOf(own, (one) => one.ratio))]
  }))
}

function renewalsTable (samples) {
  const counts = [...new Set(samples.map((one) => one.subscriptions))]
  return table([
    'dodo-emulator, 400 days of monthly subscriptions', 'renewals', 'duration', 'renewals/s', 'CPU per renewal',
    'duration beside `POST /payments`', 'p99 of these', 'p99 to that without', 'longest'
  ], counts.map((count) => {
    const own = samples.filter((one) => one.subscriptions === count)
    const middle = (pick) => medianOf(own, pick)
    const shown = (value, format) => value === undefined ? '' : format(value)
    return [wholeNumber.format(count), wholeNumber.format(own[0].renewals),
      `${middle((one) => one.seconds).toFixed(2)} s`, number(middle((one) => one.perSecond)),
      shown(middle((one) => one.cpuUs), latency), `${middle((one) => one.sharedSeconds).toFixed(2)} s`,
      shown(middle((one) => one.p99Us), latency), shown(middle((one) => one.p99Ratio), ratio),
      latency(middle((one) => one.longestUs))]
  }))
}

function sandboxesTable (samples) {
  const [{ sandboxes }] = samples
  const middle = (pick) => medianOf(samples, pick)
  const count = wholeNumber.format(sandboxes)
  return table(["dodo-emulator in a test's process, in memory", 'median'], [
    ['`start()`, the first, with the import of the package', milliseconds(middle((one) => one.firstStartMs))],
    ['`start()`, each further one in the process', milliseconds(middle((one) => one.nextStartMs))],
    ['the first request to a new sandbox, `POST /payments`', `${number(middle((one) => one.firstRequestMs))} ms`],
    [`the same, for the last 100 of ${count} sandboxes`, `${number(middle((one) => one.lastRequestMs))} ms`],
    ['the second request to it', `${number(middle((one) => one.secondRequestMs))} ms`],
    ['`reset()` to the fixtures', `${number(middle((one) => one.resetMs))} ms`],
    [`memory for each of ${count} sandboxes`, `${middle((one) => one.memoryMb)?.toFixed(2)} MB`]
  ])
}

export function report (run) {
  const { results, contestants, options, notes, problems } = run
  const parts = [headerLine(run)]
  if (results.throughput) {
    parts.push(throughputTable(results.throughput, contestants))
    parts.push(yardstickSpread(results.throughput))
  }
  if (results.memory || results.start || results.size) {
    parts.push(footprintTable(results, contestants), sizeNote(results))
  }
  if (results.stored?.length > 0) {
    parts.push(storedTable(results.stored, options.stored), storedNote(results.stored))
  }
  if (results.webhooks?.length > 0) {
    parts.push(webhooksTable(results.webhooks), webhooksNote(results.webhooks))
  }
  if (results.lists?.length > 0) parts.push(listsTable(results.lists), listsNote)
  if (results.renewals?.length > 0) parts.push(renewalsTable(results.renewals))
  if (results.sandboxes?.length > 0) parts.push(sandboxesTable(results.sandboxes))
  if (results.usage?.length > 0) parts.push(usageTable(results.usage))
  if (results.licenses?.length > 0) parts.push(licensesTable(results.licenses))
  if (results.reads?.length > 0) parts.push(readsTable(results.reads, options.read))
  if (notes.length > 0) parts.push(notes.map((note) => `* ${note}`).join('\n'))
  if (problems.length > 0) {
    parts.push('**Problems: these figures do not count.**')
    parts.push(problems.map((problem) => `* ${problem.replaceAll('\n', '\n  ')}`).join('\n'))
  }
  return parts.filter((part) => part !== undefined).join('\n\n')
}
