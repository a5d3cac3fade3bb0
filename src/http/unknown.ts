/**
 * Answers requests that match no operation and no page: 501 for an operation of the service that is not in the contract, 405 for
 * a known path with another method, and 404 otherwise.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { contract, controlContract, type Operation } from '../contract/load.js'
import { UNSERVED } from '../contract/unserved.js'
import { ApiError } from '../errors.js'
import { nearest } from '../rules/near.js'
import { authenticate, type KeyPolicy } from './auth.js'

/** Methods that at least one path accepts. Every path also accepts OPTIONS. */
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Whether a request matches no operation and no page. */
export function isUnknown (request: Pick<FastifyRequest, 'is404' | 'isUnknown'>): boolean {
  return request.is404 || request.isUnknown
}

/** The error for a path that can't be decoded, or has a parameter that is too long. */
export function unusablePath (): ApiError {
  return new ApiError('NOT_FOUND', { because: 'the path is not a valid URL, or longer than any id' })
}

/** The error for a request without a route. UNAUTHORIZED if its operation needs a key that the request lacks. */
export function unknownRoute ({ method, url, headers }: FastifyRequest, reply: FastifyReply, keys: KeyPolicy): ApiError {
  const path = pathOf(url)
  const candidates = operationsAt(path)
  const operation = candidates.find(candidate => candidate.method === method)
  if (operation !== undefined) return missing(operation, headers.authorization, keys)
  const unserved = UNSERVED.find(name => isCalled(name, method, path))
  if (unserved !== undefined) return missing({ name: unserved, method, secured: true }, headers.authorization, keys)
  if (candidates.length === 0) {
    const meant = nearPath(path)
    const hint = meant === null ? '' : `: did you mean ${meant}?`
    return new ApiError('NOT_FOUND', { because: `there is no ${method} ${path.slice(0, 200)}${hint}` })
  }
  const { error, allow } = wrongMethod(candidates)
  reply.header('allow', allow)
  return error
}

/** The error for a method that does not exist, such as `get`. */
export function refuseMethod (method: string, url: string): WrongMethod {
  const candidates = operationsAt(pathOf(url).replace(/^\/~[^/]*/, ''))
  if (candidates.length > 0) return wrongMethod(candidates)
  const known = METHODS.find(name => name === method.toUpperCase())
  const because = known === undefined ? `use ${METHODS.join(' or ')}` : `write ${known} in capitals`
  return { error: new ApiError('METHOD_NOT_ALLOWED', { because }), allow: METHODS.join(', ') }
}

/** The path that a wrong one probably means, in the contract's notation. Tries it without a first segment such as `v1`, too. */
function nearPath (path: string): string | null {
  const templates = contract().operations.map(operation => operation.path)
  const withoutFirst = path.replace(/^\/[^/]*(?=\/)/, '')
  if (withoutFirst !== path && templates.some(template => matches(template, withoutFirst))) return withoutFirst.slice(0, 200)
  return templates.find(template => isAlike(template, path)) ?? null
}

/** Whether all words of a path are those of the template, or one mistake away from them. */
function isAlike (template: string, path: string): boolean {
  const wanted = template.split('/')
  const given = path.split('/')
  return wanted.length === given.length && wanted.every((segment, index) => {
    const text = given[index] ?? ''
    return segment.startsWith('{') ? text !== '' : segment === text || nearest(text, [segment]) !== null
  })
}

interface WrongMethod {
  error: ApiError
  /** Value of the header `allow`. */
  allow: string
}

function wrongMethod (candidates: readonly Operation[]): WrongMethod {
  const methods = [...new Set(candidates.map(candidate => candidate.method))]
  const allow = methods.flatMap(method => method === 'GET' ? ['GET', 'HEAD'] : [method]).join(', ')
  return { error: new ApiError('METHOD_NOT_ALLOWED', { because: `use ${methods.join(' or ')}` }), allow }
}

/** Removes the query and a trailing slash. */
function pathOf (url: string): string {
  return (url.split('?', 1)[0] ?? '').replace(/(?<=.)\/$/, '')
}

function operationsAt (path: string): Operation[] {
  return [...contract().operations, ...controlContract().operations].filter(operation => matches(operation.path, path))
}

/** Whether a request is one of the operation `GET /addons/{id}`. */
function isCalled (name: string, method: string, path: string): boolean {
  const [wanted = '', template = ''] = name.split(' ')
  return (wanted === method || (wanted === 'GET' && method === 'HEAD')) && matches(template, path)
}

interface Called { name: string, method: string, secured: boolean }

function missing (operation: Called, authorization: string | undefined, keys: KeyPolicy): ApiError {
  try {
    if (operation.secured) authenticate(authorization, !['GET', 'HEAD'].includes(operation.method), keys)
    return new ApiError('NOT_IMPLEMENTED', { because: operation.name })
  } catch (refusal) {
    return refusal as ApiError
  }
}

/** Whether `path` can match `template`. Both may contain parameters. */
function matches (template: string, path: string): boolean {
  const wanted = template.split('/')
  const given = path.split('/')
  return wanted.length === given.length && wanted.every((segment, index) => segment.startsWith('{') || segment === given[index])
}
