// The page docs/clients.gen.md, from the results of a run of all clients.
import { NOT_RUN, STEPS } from './list.mjs'

/** `results` are clients that ran, and `tried` those that run only if the registry has their package. */
export function matrixOf (results, tried) {
  const rows = [
    ...results.map(ranRow),
    ...tried.map(result => result.notRun === null ? ranRow(result) : triedRow(result)),
    ...NOT_RUN.map(client => row(client, 'recorded', `not run: ${client.reason}`, 'not run', 'not run'))
  ]
  const missing = tried.filter(({ notRun }) => notRun !== null).map(({ client }) => client.title)
  return `# Clients in other languages

The published clients, run against the emulator by \`npm run clients\`, which wrote this page. The steps of the flow are
${STEPS.join(', ')}.

| Client | Version | Sample of \`POST /payments\` | Flow | Webhook verified by | Strict replies |
|---|---|---|---|---|---|
${rows.join('\n')}

"Recorded" means that the client could not be installed where this ran. A test sends the request of its published sample, as its source
writes it, and checks the fields of the reply that it reads.
${missing.length === 0 ? '' : missingText(missing)}`
}

function missingText (titles) {
  return `
The flow of ${titles.join(' and ')} is written from the source of the client: not compiled with the client, and not run. A test sends its
requests and checks the fields of the replies that it reads. \`npm run clients\` runs it as soon as the registry has the package.
`
}

function ranRow ({ client, steps }) {
  return row(client, client.sample, `${steps.length} of ${STEPS.length} steps`, client.webhook, client.strict)
}

function triedRow ({ client }) {
  return row(client, 'recorded', `recorded, not compiled, not run: ${client.reason}`, `not run: ${client.webhook}`, `not run: ${client.strict}`)
}

function row ({ name, title, version }, ...cells) {
  return `| [${title}](../examples/clients/${name}) | ${[version, ...cells].join(' | ')} |`
}
