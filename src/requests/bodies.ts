/**
 * Where the log keeps bodies: copied one behind the other into blocks outside JavaScript's heap, which are used again. Kept as
 * strings, those of the last 500 calls grow old before they are dropped, and what the garbage collector has to do for them is a
 * tenth of what a payment costs.
 */

interface Block {
  bytes: Buffer
  /** How many calls have their bodies here. */
  live: number
}

/** Where the bodies of a call are. */
export interface Bodies {
  readonly block: Block
  readonly start: number
  /** The end of the request's body, and the beginning of the reply's. */
  readonly middle: number
  readonly end: number
}

export interface BodyStore {
  keep (request: string | Buffer, reply: string): Bodies
  /** The place may be used again: what was there must not be read any more. */
  release (bodies: Bodies): void
}

const BLOCK_BYTES = 32 * 1024
/** More are given back. */
const FREE_MAX = 4
/** The most that UTF-8 takes for a character of a string. */
const CHARACTER_BYTES = 3

export function createBodyStore (): BodyStore {
  const free: Block[] = []
  let current: Block = { bytes: Buffer.alloc(0), live: 0 }
  let used = 0

  function makeRoom (request: string | Buffer, reply: string): void {
    if (current.bytes.length - used >= CHARACTER_BYTES * (request.length + reply.length)) return
    const needed = Buffer.byteLength(request) + Buffer.byteLength(reply)
    if (current.bytes.length - used >= needed) return
    const reused = needed <= BLOCK_BYTES ? free.pop() : undefined
    current = reused ?? { bytes: Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, needed)), live: 0 }
    used = 0
  }

  return {
    keep (request, reply) {
      makeRoom(request, reply)
      const { bytes } = current
      const start = used
      const middle = start + (typeof request === 'string' ? bytes.write(request, start) : request.copy(bytes, start))
      used = middle + bytes.write(reply, middle)
      current.live++
      return { block: current, start, middle, end: used }
    },
    release ({ block }) {
      block.live--
      const isSpare = block.live === 0 && block !== current && block.bytes.length === BLOCK_BYTES
      if (isSpare && free.length < FREE_MAX) free.push(block)
    }
  }
}

export function requestText ({ block, start, middle }: Bodies): string {
  return block.bytes.toString('utf8', start, middle)
}

export function replyText ({ block, middle, end }: Bodies): string {
  return block.bytes.toString('utf8', middle, end)
}
