/** Ids and secrets: the one source of chance. With a seed it gives the same on every run. */
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { customRandom } from 'nanoid'
import { BASE62 } from '../rules/base62.js'
import { RANDOM_DIGITS, idFloor } from '../rules/ids.js'

/** Without I, O, 0 and 1, which look alike. */
const CODE_CHARACTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

export interface Ids {
  /**
   * `pay_` and 21 base62 characters, for prefix `pay` at a time in microseconds. Ids of one time keep the order of their
   * making.
   */
  next (prefix: string, nowUs: number): string
  /** The id that was chosen for what is made now, by its prefix; null where none was. See `choosing`. */
  chosen (prefix: string): string | null
  /** Runs an action in which something gets the id that a fixtures file has chosen for it. */
  choosing<Result> (prefix: string, id: string | undefined, action: () => Result): Result
  /** 20 base62 characters that can't be guessed. */
  secret (): string
  /** 24 bytes that can't be guessed, in Base64: 32 characters. */
  signingKey (): string
  /** A UUID, for what the API names so. */
  uuid (): string
  /** A discount code for a customer to type: 16 capitals and digits. */
  code (): string
  /** A number from 0 up to, but not, 1: what dice decide. */
  chance (): number
  /** A number from 0 to below 2 ** 46, with which the ids of payment links are scrambled. */
  salt (): number
  /**
   * For a database that was filled in an earlier run: a seed would give the ids of that run again while the clock stands
   * still, so it goes on elsewhere. `filled` says how far the database was filled.
   */
  resume (filled: () => string): void
}

/** So many bytes of chance. */
type RandomBytes = (count: number) => Buffer

/** Without a seed nobody can guess what comes; with one everybody can, and nothing that it gives is a secret. */
export function createIds (seed: string | null = null): Ids {
  let bytes: RandomBytes = seed === null ? pooled(() => randomBytes(POOL_BYTES)) : seededBytes(seed)
  const text = (alphabet: string, length: number) => customRandom(alphabet, length, count => bytes(count))
  const tail = text(BASE62, RANDOM_DIGITS)
  const secret = text(BASE62, 20)
  const code = text(CODE_CHARACTERS, 16)
  const orders = new Map<string, Order>()
  const choices = new Map<string, string>()
  return {
    next (prefix, nowUs) {
      const order = orders.get(prefix) ?? { latest: -Infinity, made: 0, earlier: new Map() }
      orders.set(prefix, order)
      return idFloor(prefix, nowUs + placeIn(order, nowUs)) + tail()
    },
    chosen: prefix => choices.get(prefix) ?? null,
    choosing (prefix, id, action) {
      if (id === undefined) return action()
      choices.set(prefix, id)
      try {
        return action()
      } finally {
        choices.delete(prefix)
      }
    },
    secret: () => secret(),
    signingKey: () => bytes(24).toString('base64'),
    uuid: () => uuidOf(bytes(16)),
    code: () => code(),
    chance: () => bytes(6).readUIntBE(0, 6) / 2 ** 48,
    salt: () => bytes(6).readUIntBE(0, 6) % 2 ** 46,
    resume (filled) {
      if (seed !== null) bytes = seededBytes(`${seed} ${filled()}`)
    }
  }
}

/** How many ids of a prefix were made at the same time, besides the first. */
interface Order {
  latest: number
  made: number
  /** By time, where it was not the latest or there was more than one. */
  earlier: Map<number, number>
}

const EARLIER_MAX = 10_000

/** A clock that stands still gives the same time again and again, and so does what is loaded while others are answered. */
function placeIn (order: Order, us: number): number {
  if (us === order.latest) return ++order.made
  if (order.earlier.size > EARLIER_MAX) order.earlier.clear()
  if (us < order.latest) {
    const made = (order.earlier.get(us) ?? 0) + 1
    order.earlier.set(us, made)
    return made
  }
  if (order.made > 0) order.earlier.set(order.latest, order.made)
  order.latest = us
  order.made = 0
  return 0
}

/** Version 4 of RFC 9562: all chance but six bits. */
function uuidOf (chance: Buffer): string {
  const bytes = Buffer.from(chance)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** So many bytes are made at once: one by one, they would cost a payment a tenth of its time. */
const POOL_BYTES = 4096

function pooled (refill: () => Buffer): RandomBytes {
  let pool: Buffer = Buffer.alloc(0)
  let used = 0
  return count => {
    if (used + count > pool.length) {
      pool = refill()
      used = 0
    }
    used += count
    return pool.subarray(used - count, used)
  }
}

/**
 * The key stream of AES-256 in counter mode, with the seed's SHA-256 as its key: every text is a seed, similar seeds have
 * nothing in common, and there is no arithmetic of our own to be wrong. It is given out in order, so a run can be repeated.
 */
function seededBytes (seed: string): RandomBytes {
  const cipher = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16))
  const zeros = Buffer.alloc(POOL_BYTES)
  return pooled(() => cipher.update(zeros))
}
