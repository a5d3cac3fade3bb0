/**
 * Stores the bodies of logged calls. They are copied one after the other into reusable blocks outside JavaScript's heap. As
 * strings, the bodies of 500 calls would survive into the old generation, and collecting them would cost a tenth of a payment.
 */

interface Block {
  bytes: Buffer
  /** The number of calls with bodies in this block. */
  live: number
}

/** The position of a call's bodies. */
export interface Bodies {
  block: Block
  start: number
  /** The end of the request's body and the start of the reply's. */
  middle: number
  end: number
}

export interface BodyStore {
  /** Copies the bodies. `into` is a position that is no longer used, and is overwritten. */
  keep (request: string | Buffer, reply: string, into?: Bodies): Bodies
  /** Frees the space. The bodies must not be read afterwards. */
  release (bodies: Bodies): void
}

const BLOCK_BYTES = 32 * 1024
/** Most sandboxes get a few calls. */
const FIRST_BLOCK_BYTES = 4 * 1024
/** Free blocks above this number are left to the garbage collector. */
const FREE_MAX = 4
/** The most bytes of a character in UTF-8. */
const CHARACTER_BYTES = 4

export function createBodyStore (): BodyStore {
  const free: Block[] = []
  let current: Block = { bytes: Buffer.alloc(0), live: 0 }
  let used = 0
  let middle = 0
  let end = 0

  /** Begins a block for bodies of `needed` bytes. */
  function nextBlock (needed: number): void {
    const reused = needed <= BLOCK_BYTES ? free.pop() : undefined
    const size = current.bytes.length === 0 ? FIRST_BLOCK_BYTES : BLOCK_BYTES
    current = reused ?? { bytes: Buffer.allocUnsafeSlow(Math.max(size, needed)), live: 0 }
    used = 0
  }

  /** Writes the bodies into the current block. Returns false if they may not have fit: `write` omits what does not. */
  function write (request: string | Buffer, reply: string): boolean {
    const { bytes } = current
    if (bytes.length - used < request.length + reply.length) return false
    middle = used + (typeof request === 'string' ? bytes.write(request, used) : request.copy(bytes, used))
    end = middle + bytes.write(reply, middle)
    return bytes.length - end >= CHARACTER_BYTES
  }

  return {
    keep (request, reply, into) {
      if (!write(request, reply)) {
        nextBlock(Buffer.byteLength(request) + Buffer.byteLength(reply) + CHARACTER_BYTES)
        write(request, reply)
      }
      const start = used
      used = end
      current.live++
      if (into === undefined) return { block: current, start, middle, end }
      into.block = current
      into.start = start
      into.middle = middle
      into.end = end
      return into
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
