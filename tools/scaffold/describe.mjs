// Reads from the contract what a resource needs: its two reads, the columns of its table, the filters of its list, its events.

const PAGING = ['page_size', 'page_number', 'created_at_gte', 'created_at_lte']

/** `product-collections` for `product_collections`, `productCollections` or itself. */
export const kebab = name => name.replace(/_/g, '-').replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
export const camel = name => kebab(name).replace(/-(\w)/g, (_, letter) => letter.toUpperCase())
export const pascal = name => camel(name).replace(/^\w/, letter => letter.toUpperCase())
export const singular = name => name.replace(/ies$/, 'y').replace(/(ss|x|ch)es$/, '$1').replace(/([^s])s$/, '$1')

/**
 * Describes the resource below `/name`. Throws an Error that says what is missing when the contract has no list or no read for it.
 */
export function describe (name, document, catalogue) {
  const resolve = schema => schema?.$ref === undefined ? schema : document.components[schema.$ref.split('/')[2]][schema.$ref.split('/')[3]]
  const refName = schema => schema?.$ref?.split('/').at(-1)
  const reply = operation => operation?.responses?.['200']?.content?.['application/json']?.schema
  const segment = [kebab(name), kebab(name).replace(/-/g, '_')].find(segment => document.paths[`/${segment}`] !== undefined)
  if (segment === undefined) throw new Error(`The contract has no path /${kebab(name)}: give the first segment of a path, such as disputes`)
  const list = document.paths[`/${segment}`].get
  const readPath = Object.keys(document.paths).find(path => new RegExp(`^/${segment}/\\{\\w+\\}$`).test(path))
  const read = document.paths[readPath]?.get
  if (list === undefined || read === undefined) {
    throw new Error(`The contract has no GET /${segment} with a GET /${segment}/{id}: write this resource by hand`)
  }

  const parameter = /\{(\w+)\}/.exec(readPath)[1]
  const schema = refName(reply(read))
  const items = resolve(resolve(reply(list)).properties?.items)
  if (items === undefined) throw new Error(`GET /${segment} does not answer { items: [...] }: write this resource by hand`)
  const itemSchema = refName(items.items)
  const propertiesOf = given => {
    const { properties = {}, allOf = [], required = [] } = resolve(given)
    const parts = allOf.map(propertiesOf)
    return {
      properties: Object.assign({}, ...parts.map(part => part.properties), properties),
      required: [...parts.flatMap(part => part.required), ...required]
    }
  }
  const whole = propertiesOf({ $ref: `#/components/schemas/${schema}` })
  const item = propertiesOf({ $ref: `#/components/schemas/${itemSchema}` })
  const id = [parameter, `${singular(segment).replace(/-/g, '_')}_id`, 'id'].find(key => whole.properties[key] !== undefined)
  const columns = Object.entries({ ...item.properties, ...whole.properties })
    .filter(([key]) => key !== 'business_id')
    .map(([key, property]) => columnOf(key, property, [...whole.required, ...item.required].includes(key), resolve, refName))
  const payload = Object.entries(catalogue.schemas).find(([, name]) => name === schema)?.[0] ?? null
  return {
    segment,
    folder: kebab(segment),
    table: segment.replace(/-/g, '_'),
    readPath,
    parameter,
    id,
    schema,
    itemSchema,
    itemKeys: Object.keys(item.properties),
    keys: Object.keys(whole.properties),
    columns,
    filters: (list.parameters ?? []).map(resolve).map(({ name }) => name).filter(name => name !== undefined && !PAGING.includes(name)),
    hasTimes: (list.parameters ?? []).map(resolve).some(({ name }) => name === 'created_at_gte'),
    payload,
    events: payload === null ? [] : Object.entries(catalogue.types).filter(([, type]) => type === payload).map(([event]) => event)
  }
}

function columnOf (key, property, isRequired, resolve, refName) {
  const target = unwrapped(property, resolve)
  const types = [target.schema.type ?? 'object'].flat()
  const isNullable = target.isNullable || types.includes('null') || !isRequired
  const [type] = types.filter(type => type !== 'null')
  const kind = target.schema.format === 'date-time'
    ? 'time'
    : type === 'boolean' ? 'boolean' : type === 'integer' ? 'integer' : type === 'string' ? 'text' : 'json'
  const values = target.schema.enum ?? null
  return { key, kind, isNullable, isEnum: values !== null, values, property, schema: refName(target.property) ?? null }
}

/** A property behind `oneOf: [X, { type: null }]`. */
function unwrapped (property, resolve) {
  const parts = (resolve(property).oneOf ?? resolve(property).anyOf)?.filter(part => part.type !== 'null')
  if (parts?.length === 1) return { property: parts[0], schema: resolve(parts[0]), isNullable: true }
  return { property, schema: resolve(property), isNullable: false }
}
