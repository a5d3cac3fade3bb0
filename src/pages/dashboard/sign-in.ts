/**
 * Who may see the dashboard: whoever may call /_emulator. Where that asks for a key (--control-key), a person types it once, and
 * their browser keeps a cookie that was made from it and that no script and no other site can use.
 */
import { createHmac } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { KEY_HEADER, sameAs, type Guard } from '../../http/guard.js'

export interface SignIn {
  /** Whether there is a key to be asked for. */
  isLocked: boolean
  isIn (request: FastifyRequest): boolean
  /** Lets somebody in who has the key; false for anybody else. */
  enter (key: string, reply: FastifyReply, path: string): boolean
  leave (reply: FastifyReply, path: string): void
}

const LASTS_SECONDS = 30 * 86_400

export function createSignIn (key: string | null, guard: Guard): SignIn {
  if (key === null) return { isLocked: false, isIn: () => true, enter: () => true, leave: () => {} }
  const proof = createHmac('sha256', key).update('dodo-emulator dashboard').digest('hex')
  // Cookies know nothing of ports: two emulators on one computer each look for their own.
  const name = `emulator_${proof.slice(0, 8)}`
  const value = proof.slice(8)
  const isCookie = sameAs(`${name}=${value}`)

  const set = (reply: FastifyReply, content: string, path: string, seconds: number) => {
    // What the browser says: a proxy before us may speak https with it, and http with us.
    const secure = reply.request.headers['origin']?.startsWith('https:') === true ? '; Secure' : ''
    reply.header('set-cookie', `${name}=${content}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`)
  }

  return {
    isLocked: true,
    isIn: ({ headers }) => cookiesOf(headers.cookie).some(isCookie) || guard.isKey(headers[KEY_HEADER]),
    enter (given, reply, path) {
      const isRight = guard.isKey(given)
      if (isRight) set(reply, value, path, LASTS_SECONDS)
      return isRight
    },
    leave: (reply, path) => { set(reply, '', path, 0) }
  }
}

function cookiesOf (header = ''): string[] {
  return header.split(';').map(cookie => cookie.trim())
}
