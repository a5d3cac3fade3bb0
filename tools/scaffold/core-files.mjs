// The files that every resource has, as text: table, store, view, rules, handlers. They compile, and their test passes. A comment that
// begins with "Decide" names what only a person can know.
import { camel, pascal, singular } from './describe.mjs'

const SQL_TYPES = { time: 'INTEGER', boolean: 'INTEGER', integer: 'INTEGER', text: 'TEXT', json: 'TEXT' }

export function sqlStep ({ table, id, columns, filters, hasTimes }) {
  const width = Math.max(...columns.map(({ key }) => key.length))
  const lines = columns.map(({ key, kind, isNullable, values }) => {
    const constraint = key === id ? ' NOT NULL UNIQUE' : isNullable ? '' : ' NOT NULL'
    const note = kind === 'json' ? ' -- JSON' : values === null || values.length > 8 ? '' : ` -- ${values.join(', ')}`
    return { text: `  ${key.padEnd(width)} ${SQL_TYPES[kind]}${constraint}`, note }
  })
  const rows = lines.map(({ text, note }, index) => `${text}${index === lines.length - 1 ? '' : ','}${note}`)
  const indexed = filters.filter(name => columns.some(({ key }) => key === name))
  return `-- Decide what the rows of ${table} are, in a sentence.
CREATE TABLE ${table} (
  ${'seq'.padEnd(width)} INTEGER PRIMARY KEY,
${rows.join('\n')}
) STRICT;
${hasTimes ? `\nCREATE INDEX ${table}_by_time ON ${table} (created_at, seq);\n` : ''}${
  indexed.includes('customer_id') ? `CREATE INDEX ${table}_by_customer ON ${table} (customer_id);\n` : ''}`
}

export function storeFile (resource) {
  const { segment, table, id, schema, columns, filters, hasTimes } = resource
  const thing = pascal(singular(segment)); const row = `${pascal(segment)}Row`
  const parsed = columns.filter(({ kind, isEnum, schema }) => kind === 'json' || kind === 'boolean' || isEnum || schema !== null)
    .filter(({ kind }) => kind !== 'time')
  const conditions = filters.flatMap(name => {
    const column = columns.find(({ key }) => key === name)
    if (column !== undefined) return [[name, `${name} = ?`]]
    const holder = columns.find(({ key, kind }) => kind === 'json' && name.startsWith(`${key}_`))
    return holder === undefined ? [] : [[name, `json_extract(${holder.key}, '$.${name}') = ?`]]
  })
  const filterKeys = [...(hasTimes ? ['created_at_gte', 'created_at_lte'] : []), ...conditions.map(([name]) => name)]
  const isBoolean = name => columns.find(({ key }) => key === name)?.kind === 'boolean'
  const typeOf = name => /^created_at_/.test(name) ? 'number' : isBoolean(name) ? 'boolean' : 'string'
  const given = filterKeys.some(isBoolean) ? "typeof filter[name] === 'boolean' ? Number(filter[name]) : filter[name]" : 'filter[name]'
  const sqlOf = Object.fromEntries([['created_at_gte', 'created_at >= ?'], ['created_at_lte', 'created_at <= ?'], ...conditions])
  const order = hasTimes ? 'created_at DESC, seq DESC' : 'seq DESC'
  const written = columns.map(({ key, kind, isNullable }) => {
    const value = `${camel(singular(segment))}.${key}`
    if (kind === 'json') return isNullable ? `${value} && JSON.stringify(${value})` : `JSON.stringify(${value})`
    if (kind === 'boolean') return isNullable ? `${value} === null ? null : Number(${value})` : `Number(${value})`
    return value
  })
  const read = parsed.map(({ key, kind, isNullable }) => {
    if (kind === 'json') return `    ${key}: ${isNullable ? `row.${key} === null ? null : ` : ''}JSON.parse(row.${key})`
    if (kind === 'boolean') return `    ${key}: ${isNullable ? `row.${key} === null ? null : ` : ''}row.${key} === 1`
    return `    ${key}: row.${key} as ${thing}['${key}']`
  })
  const union = wrapped(parsed.map(({ key }) => `'${key}'`), '').split(',\n').map(line => `  | ${line.replaceAll(', ', ' | ')}`).join('\n')
  const thingType = parsed.length === 0
    ? `export type ${thing} = Omit<${row}, 'seq'>`
    : `export type ${thing} = Omit<${row}, 'seq' | Parsed> & Pick<Shape, Parsed>`
  return `/** The ${words(segment)} that a sandbox remembers. */
import type { Schemas } from '../../contract/operations.js'
import type { Database, Statement } from '../../store/database.js'
import type { ${row} } from '../../store/rows.gen.js'

${parsed.length === 0
? ''
: `type Shape = Required<Schemas['${schema}']>

/** Columns whose values the row holds in another type. */
type Parsed =
${union}

`}/** A row, its JSON parsed. Times are in microseconds. */
${thingType}

export interface ${thing}Filter {
${filterKeys.map(name => `  ${name}?: ${typeOf(name)}`).join('\n')}
}

export interface ${pascal(segment)}Store {
  insert (${camel(singular(segment))}: ${thing}): void
  find (${camel(id)}: string): ${thing} | undefined
  /** Newest first. */
  list (filter: ${thing}Filter, limit: number, offset: number): ${thing}[]
}

const CONDITIONS: Record<keyof ${thing}Filter, string> = {
${filterKeys.map(name => `  ${name}: ${sqlOf[name].includes("'") ? `"${sqlOf[name]}"` : `'${sqlOf[name]}'`}`).join(',\n')}
}

const COLUMNS = [
  ${wrapped(columns.map(({ key }) => `'${key}'`), '  ')}
] as const

export function ${camel(segment)}Store (database: Database): ${pascal(segment)}Store {
  const insert = database.prepare(
    \`INSERT INTO ${table} (\${COLUMNS.join(', ')}) VALUES (\${COLUMNS.map(() => '?').join(', ')})\`)
  const find = database.prepare<[string], ${row}>('SELECT * FROM ${table} WHERE ${id} = ?')
  const prepared = new Map<string, Statement<unknown[], ${row}>>()

  return {
    insert (${camel(singular(segment))}) {
      insert.run(${wrapped(written, '        ')})
    },
    find (${camel(id)}) {
      const row = find.get(${camel(id)})
      return row && read(row)
    },
    list (filter, limit, offset) {
      const names = (Object.keys(CONDITIONS) as Array<keyof ${thing}Filter>).filter(name => filter[name] !== undefined)
      const where = names.length === 0 ? '' : \`WHERE \${names.map(name => CONDITIONS[name]).join(' AND ')}\`
      const sql = \`SELECT * FROM ${table} \${where} ORDER BY ${order} LIMIT ? OFFSET ?\`
      const statement = prepared.get(sql) ?? database.prepare<unknown[], ${row}>(sql)
      prepared.set(sql, statement)
      const values = names.map(name => ${given})
      return statement.all(...values, limit, offset).map(read)
    }
  }
}

function read ({ seq, ...row }: ${row}): ${thing} {
  return ${read.length === 0
? 'row'
: `{
    ...row,
${read.join(',\n')}
  }`}
}
`
}

export function viewFile ({ segment, schema, itemSchema, itemKeys, keys, columns }) {
  const thing = pascal(singular(segment)); const value = camel(singular(segment))
  const times = new Map(columns.filter(({ kind }) => kind === 'time').map(({ key, isNullable }) => [key, isNullable]))
  const line = key => {
    if (key === 'business_id') return '    business_id: sandbox.business.business_id'
    if (!times.has(key)) return `    ${key}: ${value}.${key}`
    return `    ${key}: ${times.get(key) ? `${value}.${key} === null ? null : formatTime(${value}.${key})` : `formatTime(${value}.${key})`}`
  }
  const rest = keys.filter(key => !itemKeys.includes(key))
  const isSubset = itemKeys.every(key => keys.includes(key))
  const usesSandbox = list => list.includes('business_id') ? '{ sandbox }: Context' : '_context: Context'
  const whole = isSubset
    ? `{\n    ...${value}Item(${value}, context)${rest.length === 0 ? '' : `,\n${rest.map(line).join(',\n')}`}\n  }`
    : `{\n${keys.map(line).join(',\n')}\n  }`
  return `/** ${capital(words(segment))} in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
${times.size === 0 ? '' : "import { formatTime } from '../../rules/calendar.js'\n"}import type { Context } from '../../sandbox/sandbox.js'
import type { ${thing} } from './store.js'

/** A ${words(singular(segment))} as lists show it. */
export function ${value}Item (
  ${value}: ${thing}, ${usesSandbox(itemKeys)}
): Required<Schemas['${itemSchema}']> {
  return {
${itemKeys.map(line).join(',\n')}
  }
}

/** A ${words(singular(segment))} in full, for reads and webhooks. */
export function ${value}Response (
  ${value}: ${thing}, ${isSubset ? 'context: Context' : usesSandbox(keys)}
): Required<Schemas['${schema}']> {
  return ${whole}
}
`
}

export function rulesFile ({ segment, id }, decide) {
  const thing = pascal(singular(segment))
  return `/** The rules of ${words(segment)}. */
${decide.imports.join('\n')}
import type { Context } from '../../sandbox/sandbox.js'
import type { ${thing} } from './store.js'

/** Throws NOT_FOUND. */
export function find${thing} (${camel(id)}: string, { sandbox }: Context): ${thing} {
  const found = sandbox.${camel(segment)}.find(${camel(id)})
  if (found === undefined) throw notFound('${words(singular(segment))}', ${camel(id)})
  return found
}

${decide.text}`
}

export function routesFile ({ segment, readPath, parameter }) {
  const thing = pascal(singular(segment)); const value = camel(singular(segment))
  return `/** The operations of the API on ${words(segment)}. */
import type { Handlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { find${thing} } from './rules.js'
import { ${value}Item, ${value}Response } from './view.js'

export const ${camel(segment)}Handlers = {
  'GET /${segment}': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    const ${camel(segment)} = context.sandbox.${camel(segment)}.list(filter, limit, offset)
    return { items: ${camel(segment)}.map(${value} => ${value}Item(${value}, context)) }
  },

  'GET ${readPath}': ({ path, context }) =>
    ${value}Response(find${thing}(path.${parameter}, context), context)
} satisfies Handlers
`
}

export function words (name) {
  return name.replace(/[_-]/g, ' ')
}

export function capital (text) {
  return text.replace(/^\w/, letter => letter.toUpperCase())
}

/** A list over as many lines as it needs. */
export function wrapped (parts, indent) {
  const lines = ['']
  for (const part of parts) {
    const last = lines.length - 1
    if (lines[last] !== '' && lines[last].length + part.length > 100) lines.push(part)
    else lines[last] += lines[last] === '' ? part : `, ${part}`
  }
  return lines.join(`,\n${indent}`)
}
