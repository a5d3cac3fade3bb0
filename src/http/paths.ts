/**
 * Finds the operation of a request. Fastify has one route for all operations of a document, because it makes a context with hooks
 * for each route, and 250 of them took most of the time of a start. The paths are in routers of the same library, so they match
 * as Fastify's own. All emulators of a process share them.
 */
import findMyWay from 'find-my-way'
import type { Operation } from '../contract/load.js'

export interface Found {
  operation: Operation
  /** The path parameters by name. */
  params: Record<string, string | undefined>
}

/** Returns null if no operation matches, and `too long` if one would with a shorter parameter. */
export type FindOperation = (method: string, url: string) => Found | 'too long' | null

/** The longest path parameter, as it is encoded: ids of usage events are chosen by programs. */
export const PARAMETER_MAX = 4096

type Router = ReturnType<typeof findMyWay>

const finders = new WeakMap<readonly Operation[], FindOperation>()

/** Returns the function that finds one of these operations. */
export function finderOf (operations: readonly Operation[]): FindOperation {
  const finder = finders.get(operations) ?? createFinder(operations)
  finders.set(operations, finder)
  return finder
}

/** A router for each beginning of a path, made when a request needs it: most programs call a few resources. */
function createFinder (operations: readonly Operation[]): FindOperation {
  const routers = new Map<string, Router>()
  let complete: Router | undefined
  const parts = new Map<string, Operation[]>()
  const fixed = new Map<string, Map<string, Found>>() // by method and path: most creations need no router
  for (const operation of operations) {
    if (!operation.path.includes('{')) {
      const paths = fixed.get(operation.method) ?? new Map<string, Found>()
      fixed.set(operation.method, paths.set(operation.path, { operation, params: Object.freeze({}) }))
    }
    const beginning = beginningOf(operation.path)
    parts.set(beginning, [...parts.get(beginning) ?? [], operation])
  }

  function routerOf (url: string): Router | null {
    const beginning = beginningOf(url)
    const known = routers.get(beginning)
    if (known !== undefined) return known
    if (beginning.includes('%')) return (complete ??= createRouter(operations)) // it may be that of any operation
    const part = parts.get(beginning)
    if (part === undefined) return null
    const made = createRouter(part)
    routers.set(beginning, made)
    return made
  }

  return (method, url) => {
    const known = fixed.get(method)?.get(url)
    if (known !== undefined) return known
    const found = routerOf(url)?.find(method as Operation['method'], url) ?? null
    if (found === null) return null
    const operation = found.store as Operation | null
    return operation === null ? 'too long' : { operation, params: found.params }
  }
}

function createRouter (operations: readonly Operation[]): Router {
  const router = findMyWay({ ignoreTrailingSlash: true, maxParamLength: PARAMETER_MAX, onMaxParamLength: () => {} })
  for (const operation of operations) router.on(operation.method, routePath(operation), () => {}, operation)
  return router
}

/** The first segment of a path, and the second one below /_emulator. */
function beginningOf (path: string): string {
  return /^\/(?:_emulator\/)?[^/?#]*/.exec(path)?.[0] ?? path
}

/** The path in Fastify's notation: `/payments/{payment_id}` becomes `/payments/:payment_id`. */
export function routePath ({ path }: Operation): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}
