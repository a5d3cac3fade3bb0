// Generates the collections of requests for Postman and Bruno from the contract: every operation once, with an example body.
import { readFileSync } from 'node:fs'
import { BODIES, VARIABLES } from './collections/bodies.mjs'

const METHODS = ['get', 'post', 'put', 'patch', 'delete']
const POSTMAN_SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'

export function collections () {
  const { paths, components, security } = JSON.parse(readFileSync('openapi/openapi.gen.json', 'utf8'))
  const requests = Object.entries(paths).flatMap(([path, item]) => METHODS.filter(method => item[method] !== undefined)
    .map(method => requestOf(path, method, item[method], { parameters: components.parameters, security })))
  const unknown = Object.keys(BODIES).filter(name => !requests.some(request => request.name === name))
  if (unknown.length > 0) throw new Error(`tools/generate/collections/bodies.mjs has bodies of unknown operations: ${unknown.join(', ')}`)
  return [postman(requests), ...bruno(requests)]
}

function requestOf (path, method, operation, { parameters, security }) {
  const name = `${method.toUpperCase()} ${path}`
  const takesJson = operation.requestBody?.content['application/json'] !== undefined
  if (takesJson && BODIES[name] === undefined) throw new Error(`tools/generate/collections/bodies.mjs has no body for ${name}`)
  const all = (operation.parameters ?? []).map(({ $ref: reference, ...own }) =>
    reference === undefined ? own : parameters[reference.slice(reference.lastIndexOf('/') + 1)])
  return {
    id: operation.operationId,
    name,
    method: method.toUpperCase(),
    summary: operation.summary,
    description: operation.description ?? '',
    folder: operation.tags[0],
    path: withVariables(path),
    query: all.filter(({ in: place }) => place === 'query'),
    needsKey: (operation.security ?? security).some(scheme => Object.keys(scheme).length > 0),
    isUpload: operation.requestBody?.content['multipart/form-data'] !== undefined,
    body: takesJson ? BODIES[name] : undefined
  }
}

/** `/products/{id}` becomes `/products/{{product_id}}`: the variable has the name of what it identifies. */
export function withVariables (path) {
  return path.replace(/([\w-]+)\/\{(\w+)\}/g, (_, parent, name) => `${parent}/{{${name === 'id' ? `${singular(parent)}_id` : name}}}`)
}

const singular = word => word.replaceAll('-', '_').replace(/ies$/, 'y').replace(/s$/, '')

/** The names of the variables in a text. */
export const variablesIn = text => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name)

function allVariables (requests) {
  const used = requests.flatMap(({ path, body }) => variablesIn(path + JSON.stringify(body ?? '')))
  return { ...VARIABLES, ...Object.fromEntries([...new Set(used)].filter(name => !(name in VARIABLES)).map(name => [name, ''])) }
}

const byFolder = requests => Map.groupBy?.(requests, ({ folder }) => folder) ?? grouped(requests)

/** For Node.js 20, which has no Map.groupBy. */
function grouped (requests) {
  const groups = new Map()
  for (const request of requests) groups.set(request.folder, [...groups.get(request.folder) ?? [], request])
  return groups
}

function postman (requests) {
  const collection = {
    info: {
      name: 'Dodo Payments API, emulated',
      description: 'Generated from the contract by dodo-emulator. Set base_url and api_key, and the ids that requests return.',
      schema: POSTMAN_SCHEMA
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{api_key}}', type: 'string' }] },
    variable: Object.entries(allVariables(requests)).map(([key, value]) => ({ key, value, type: 'string' })),
    item: [...byFolder(requests)].map(([name, inside]) => ({ name, item: inside.map(postmanRequest) }))
  }
  return { path: 'examples/postman/dodo-payments.postman_collection.gen.json', content: JSON.stringify(collection, null, 2) + '\n' }
}

function postmanRequest ({ method, summary, description, path, query, needsKey, isUpload, body }) {
  return {
    name: summary,
    request: {
      ...(needsKey ? {} : { auth: { type: 'noauth' } }),
      method,
      header: [],
      url: {
        raw: `{{base_url}}${path}`,
        host: ['{{base_url}}'],
        path: path.slice(1).split('/'),
        ...(query.length === 0 ? {} : { query: query.map(postmanQuery) })
      },
      ...(description === '' ? {} : { description }),
      ...(body === undefined ? {} : { body: { mode: 'raw', raw: JSON.stringify(body, null, 2), options: { raw: { language: 'json' } } } }),
      ...(isUpload ? { body: { mode: 'formdata', formdata: [{ key: 'file', type: 'file', src: [] }] } } : {})
    },
    response: []
  }
}

const postmanQuery = ({ name, description }) => ({ key: name, value: '', disabled: true, ...(description === undefined ? {} : { description }) })

function bruno (requests) {
  const folder = 'examples/bruno'
  const variables = Object.entries(allVariables(requests)).map(([name, value]) => `  ${name}: ${value}`.trimEnd())
  const files = [...byFolder(requests)].flatMap(([name, inside]) => inside.map((request, index) => ({
    path: `${folder}/${name.toLowerCase().replace(/\W+/g, '-')}/${request.id}.bru`,
    content: brunoRequest(request, index + 1)
  })))
  return [
    { path: `${folder}/bruno.json`, content: JSON.stringify({ version: '1', name: 'Dodo Payments API, emulated', type: 'collection' }, null, 2) + '\n' },
    { path: `${folder}/collection.bru`, content: 'auth {\n  mode: bearer\n}\n\nauth:bearer {\n  token: {{api_key}}\n}\n' },
    { path: `${folder}/environments/Emulator.bru`, content: `vars {\n${variables.join('\n')}\n}\n` },
    ...files
  ]
}

function brunoRequest ({ method, summary, path, query, needsKey, isUpload, body }, seq) {
  const kind = isUpload ? 'multipartForm' : body === undefined ? 'none' : 'json'
  const blocks = [
    `meta {\n  name: ${summary}\n  type: http\n  seq: ${seq}\n}`,
    `${method.toLowerCase()} {\n  url: {{base_url}}${path}\n  body: ${kind}\n  auth: ${needsKey ? 'inherit' : 'none'}\n}`,
    ...(query.length === 0 ? [] : [`params:query {\n${query.map(({ name }) => `  ~${name}:`).join('\n')}\n}`]),
    ...(body === undefined ? [] : [`body:json {\n${JSON.stringify(body, null, 2).replace(/^/gm, '  ')}\n}`]),
    ...(isUpload ? ['body:multipart-form {\n  file: @file()\n}'] : [])
  ]
  return blocks.join('\n\n') + '\n'
}
