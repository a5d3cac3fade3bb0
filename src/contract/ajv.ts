/**
 * Creates ajv instances with the keywords and formats of the contract. Loads ajv when it is first used, because the build has
 * compiled the validators that accept requests (contract/precompiled).
 */
import { createRequire } from 'node:module'
import type { CodeKeywordDefinition, SchemaValidateFunction } from 'ajv'
import type { Ajv2020, Options } from 'ajv/dist/2020.js'
import { packagePath } from '../root.js'

/** ajv and its formats: dist/vendor/ajv.cjs, made from vendor/ajv.entry.mjs. */
export interface Library {
  Ajv2020: new (options: Options) => Ajv2020
  addAllFormats: (ajv: Ajv2020) => void
  _: typeof import('ajv')['_']
  stringify: typeof import('ajv')['stringify']
}

const load = createRequire(import.meta.url)

let loaded: Library | undefined

function library (): Library {
  loaded ??= load(packagePath('dist', 'vendor', 'ajv.cjs')) as Library
  return loaded
}

/** Keywords of OpenAPI and our own extensions that do not affect validity. */
const VOCABULARY = [
  'components', 'discriminator', 'example', 'xml', 'externalDocs', 'x-since', 'x-optional-since', 'x-enum-since',
  'x-refused-before', 'x-minor-units', 'x-name', 'x-refusal-status'
]

/** An instance that reports all errors, each with its schema, which contract/violations needs for the branches of unions. */
export function createAjv (coerceTypes: boolean): Ajv2020 {
  const code = { optimize: false } // compiles a quarter faster, and validates as fast
  const ajv = instance(library(), { allErrors: true, coerceTypes, code, verbose: true })
  ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', errors: true, validate: hasUniqueItems })
  return ajv
}

/** An instance for the build: its validators stop at the first error, and their code can be written to a file. */
export function createStandaloneAjv (library: Library, coerceTypes: boolean): Ajv2020 {
  const ajv = instance(library, { coerceTypes, messages: false, code: { source: true } })
  const { _ } = library
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    code (validation) {
      const { data, schema } = validation
      if (schema === true) validation.pass(_`new Set(${data}.map(item => JSON.stringify(item))).size === ${data}.length`)
    }
  })
  return ajv
}

function instance (library: Library, options: Options): Ajv2020 {
  const { Ajv2020: Ajv, addAllFormats } = library
  const ajv = new Ajv({
    ...options,
    meta: false, // schemas are not validated, so their schemas need not be compiled
    strictTypes: false,
    validateSchema: false // the contract is linted when it is bundled
  })
  addAllFormats(ajv)
  ajv.addVocabulary(VOCABULARY)
  ajv.removeKeyword('enum')
  ajv.addKeyword(isAllowed(library))
  ajv.removeKeyword('uniqueItems')
  return ajv
}

/** Replaces ajv's check, which compares with 250 countries one by one. A set also takes a quarter less time to compile. */
function isAllowed ({ _, stringify }: Library): CodeKeywordDefinition {
  return {
    keyword: 'enum',
    schemaType: 'array',
    error: {
      message: 'must be equal to one of the allowed values',
      params: ({ schemaCode }) => _`{allowedValues: ${schemaCode}}`
    },
    code (validation) {
      const values = validation.schema as unknown[]
      const code = _`new Set(${stringify(values)})`
      const allowed = validation.gen.scopeValue('obj', { ref: new Set(values), key: values, code })
      validation.pass(_`${allowed}.has(${validation.data})`)
    }
  }
}

/** Replaces ajv's check, which compares each item with every other and takes seconds for a list of 40,000. */
const hasUniqueItems: SchemaValidateFunction = (isWanted: boolean, items: unknown[]) => {
  const places = new Map<string, number>()
  for (const [index, item] of isWanted ? items.entries() : []) {
    const text = JSON.stringify(item)
    const before = places.get(text)
    if (before !== undefined) {
      const message = `must NOT have duplicate items (items ## ${before} and ${index} are identical)`
      hasUniqueItems.errors = [{ keyword: 'uniqueItems', message, params: { j: before, i: index } }]
      return false
    }
    places.set(text, index)
  }
  return true
}
