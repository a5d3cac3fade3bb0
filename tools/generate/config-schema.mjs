// Generates fixtures/config.schema.gen.json, the schema of configuration files for editors, from src/config/config.ts. It refers to
// the schema of fixtures files beside it.
import { importSource } from './source.mjs'

const text = { type: 'string' }
const list = item => ({ anyOf: [text, { type: 'array', items: item }] })

/** The values that a file can have for a placeholder of the command line. */
const BY_PLACEHOLDER = {
  '<port>': { anyOf: [{ type: 'integer', minimum: 0, maximum: 65_535 }, text] },
  '<count>': { anyOf: [{ type: 'integer', minimum: 0 }, text] },
  '<calls>': { anyOf: [{ type: 'integer', minimum: 0 }, text] },
  '<cents>': { anyOf: [{ type: 'integer', minimum: 0 }, text] },
  '<duration>': { anyOf: [{ type: 'number', description: 'Milliseconds.' }, text] },
  '<durations>': list({ type: ['number', 'string'] }),
  '<on|off>': { enum: ['on', 'off', true, false] },
  '<keys>': list(text),
  '<codes>': list(text),
  '<names>': list(text),
  '<origins>': list(text)
}

export async function configSchema () {
  const { OPTIONS } = await importSource('src/config/config.ts')
  const properties = Object.fromEntries(Object.entries(OPTIONS).map(([name, { about, value, fallback }]) => {
    const values = name === 'fixtures'
      ? { anyOf: [text, { type: 'array', items: text }, { $ref: 'schema.gen.json' }] }
      : BY_PLACEHOLDER[value] ?? text
    return [name, { description: `${about}.`, ...values, ...(fallback === null ? {} : { default: fallback }) }]
  }))
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration of dodo-emulator',
    description: 'Options of dodo-emulator start, and the initial data. Flags and environment variables win over the file.',
    type: 'object',
    additionalProperties: false,
    properties: { $schema: { type: 'string', description: 'Path or URL of this schema, for editors.' }, ...properties }
  }
  return [{ path: 'fixtures/config.schema.gen.json', content: `${JSON.stringify(schema, null, 1)}\n` }]
}
