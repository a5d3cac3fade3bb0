// Generates docs/coverage.gen.md: the operations of the contract, and whether they have a handler.
import { readFileSync } from 'node:fs'
import { importSource } from './source.mjs'

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

export async function coverage () {
  const document = JSON.parse(readFileSync('openapi/openapi.gen.json', 'utf8'))
  const { handlers } = await importSource('src/resources/all.ts')
  const { OLDER } = await importSource('src/contract/versions.ts')
  const { UNSERVED } = await importSource('src/contract/unserved.ts')
  const done = new Set(Object.keys(handlers))
  const byTag = new Map()
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method]
      if (operation === undefined) continue
      const tag = operation.tags?.[0] ?? 'Other'
      const rows = byTag.get(tag) ?? []
      rows.push({
        name: `${method.toUpperCase()} ${path}`, summary: operation.summary ?? '', isNewer: operation['x-since'] !== undefined
      })
      byTag.set(tag, rows)
    }
  }
  const all = [...byTag.values()].flat()
  const unknown = [...done].filter(name => !all.some(row => row.name === name))
  if (unknown.length > 0) throw new Error(`handlers without an operation: ${unknown.join(', ')}`)
  const sections = [...byTag].sort(([a], [b]) => a.localeCompare(b, 'en')).map(([tag, rows]) => {
    const count = rows.filter(({ name }) => done.has(name)).length
    const lines = rows.map(({ name, summary }) => `| \`${name}\` | ${summary} | ${done.has(name) ? 'yes' : '501'} |`)
    return `## ${tag} (${count} of ${rows.length})\n\n| Operation | Summary | Supported |\n|---|---|---|\n${lines.join('\n')}\n`
  })
  const content = `<!-- Generated from openapi/ and src/resources/all.ts by npm run generate: do not edit. -->
# Coverage

The emulator supports ${counted(all.filter(({ isNewer }) => !isNewer), done)} operations of contract version ${OLDER}, and
${counted(all.filter(({ isNewer }) => isNewer), done)} that are newer.${done.size === all.length ? '' : ' Every other operation returns 501 `NOT_IMPLEMENTED` and names itself.'}

${sections.join('\n')}
## Not emulated

The published Python client 1.123.0 has ${UNSERVED.length} more operations. They return 501 \`NOT_IMPLEMENTED\` and name themselves.

${UNSERVED.map(name => `- \`${name}\``).join('\n')}
`
  return [{ path: 'docs/coverage.gen.md', content }]
}

/** `all 140`, or `139 of the 140` */
function counted (rows, done) {
  const count = rows.filter(({ name }) => done.has(name)).length
  return count === rows.length ? `all ${count}` : `${count} of the ${rows.length}`
}
