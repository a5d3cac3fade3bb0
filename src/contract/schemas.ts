/** The schemas that requests of an operation are validated against. */
import type { Contract, Operation } from './load.js'

/** The schema of a body, with all schemas that it references. */
export function bodySchema ({ body, document }: Operation): object {
  return selfContained(body?.schema ?? {}, document)
}

/** The schema of a query, with all schemas that it references. */
export function querySchema (operation: Operation): object {
  return selfContained(queryObject(operation), operation.document)
}

function queryObject ({ query }: Operation): object {
  return {
    type: 'object',
    properties: Object.fromEntries(query.map(({ name, schema }) => [name, schema])),
    required: query.filter(({ required }) => required).map(({ name }) => name)
  }
}

/** Every schema of a document, as requests are validated against it. */
export function sharedSchemas ({ components }: Contract): Record<string, object> {
  return Object.fromEntries(Object.entries(components.schemas).map(([name, schema]) => [name, firstMatch(schema)]))
}

/** A union in which several branches may match and the first one counts. For validity it is enough that any branch matches. */
function firstMatch (schema: { oneOf?: object[], 'x-first-match'?: boolean }): object {
  const { oneOf, 'x-first-match': isFirstMatch, ...rest } = schema
  return isFirstMatch === true ? { ...rest, anyOf: oneOf } : schema
}

/**
 * Copies a schema and all schemas that it references into a document of its own. Otherwise ajv would traverse the whole contract
 * before the first validation, which took longer than the rest of the start.
 */
function selfContained (schema: object, { components }: Contract): object {
  const schemas: Record<string, object> = {}
  const collect = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    for (const [key, value] of Object.entries(part)) {
      if (key !== '$ref' || typeof value !== 'string') {
        collect(value)
        continue
      }
      const name = value.slice(value.lastIndexOf('/') + 1)
      const referred = components.schemas[name]
      if (referred === undefined || name in schemas) continue
      schemas[name] = firstMatch(referred)
      collect(referred)
    }
  }
  collect(schema)
  return { ...schema, components: { schemas } }
}
