/**
 * Access to the dashboard. It has the same conditions as /_emulator. If that requires a key (--control-key), visitors enter it
 * once, and the browser keeps a cookie that is derived from it. Scripts and other sites cannot use the cookie.
 */
import { createHmac } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { KEY_HEADER, sameAs, type Guard } from '../../http/guard.js'

export interface SignIn {
  /** Whether a key is required. */
  isLocked: boolean
  isSignedIn (request: FastifyRequest): boolean
  /** Sets the cookie if the key is right; otherwise returns false. */
  signIn (key: string, reply: FastifyReply, path: string): boolean
  signOut (reply: FastifyReply, path: string): void
}

const COOKIE_MAX_AGE = 30 * 86_400 // seconds

export function createSignIn (key: string | null, guard: Guard): SignIn {
  if (key === null) return { isLocked: false, isSignedIn: () => true, signIn: () => true, signOut: () => {} }
  const proof = createHmac('sha256', key).update('dodo-emulator dashboard').digest('hex')
  // Cookies are shared by all ports of a host, so each emulator has a name of its own.
  const name = `emulator_${proof.slice(0, 8)}`
  const value = proof.slice(8)
  const isCookie = sameAs(`${name}=${value}`)

  const set = (reply: FastifyReply, content: string, path: string, seconds: number) => {
    // The browser may use https to a proxy that uses http to the emulator.
    const secure = reply.request.headers['origin']?.startsWith('https:') === true ? '; Secure' : ''
    reply.header('set-cookie', `${name}=${content}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`)
  }

  return {
    isLocked: true,
    isSignedIn: ({ headers }) => cookiesOf(headers.cookie).some(isCookie) || guard.isKey(headers[KEY_HEADER]),
    signIn (given, reply, path) {
      const isRight = guard.isKey(given)
      if (isRight) set(reply, value, path, COOKIE_MAX_AGE)
      return isRight
    },
    signOut: (reply, path) => { set(reply, '', path, 0) }
  }
}

function cookiesOf (header = ''): string[] {
  return header.split(';').map(cookie => cookie.trim())
}
