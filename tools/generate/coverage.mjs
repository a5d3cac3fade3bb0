// docs/coverage.gen.md: which operations of the contract the emulator answers, read from the contract and the handlers' names.
import { readFileSync, readdirSync } from 'node:fs'

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

/** The operations that some resource's routes.ts has a handler for: its keys are the contract's own words. */
function handled () {
  const routes = readdirSync('src/resources').flatMap(resource => {
    try {
      return [readFileSync(`src/resources/${resource}/routes.ts`, 'utf8')]
    } catch {
      return []
    }
  })
  return new Set(routes.flatMap(text => [...text.matchAll(/^ {2}'((?:GET|POST|PUT|PATCH|DELETE) \/[^']*)': /gm)].map(([, name]) => name)))
}

export async function coverage () {
  const document = JSON.parse(readFileSync('openapi/openapi.gen.json', 'utf8'))
  const done = handled()
  const byTag = new Map()
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method]
      if (operation === undefined) continue
      const tag = operation.tags?.[0] ?? 'Other'
      const rows = byTag.get(tag) ?? []
      rows.push({ name: `${method.toUpperCase()} ${path}`, summary: operation.summary ?? '' })
      byTag.set(tag, rows)
    }
  }
  const all = [...byTag.values()].flat()
  const unknown = [...done].filter(name => !all.some(row => row.name === name))
  if (unknown.length > 0) throw new Error(`handlers of no operation: ${unknown.join(', ')}`)
  const sections = [...byTag].sort(([a], [b]) => a.localeCompare(b, 'en')).map(([tag, rows]) => {
    const count = rows.filter(({ name }) => done.has(name)).length
    const lines = rows.map(({ name, summary }) => `| \`${name}\` | ${summary} | ${done.has(name) ? 'yes' : '501'} |`)
    return `## ${tag} (${count} of ${rows.length})\n\n| Operation | | Emulated |\n|---|---|---|\n${lines.join('\n')}\n`
  })
  const content = `<!-- Generated from openapi/ and src/resources/*/routes.ts by npm run generate: do not edit. -->
# Coverage

The emulator answers ${done.size} of the ${all.length} operations of contract version ${document.info.version}.
Every other operation answers 501 \`NOT_IMPLEMENTED\` and names itself.

${sections.join('\n')}`
  return [{ path: 'docs/coverage.gen.md', content }]
}
