/** Generates ids and secrets. The only source of randomness; with a seed it gives the same values on every run. */
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { customRandom } from 'nanoid'
import { BASE62 } from '../rules/base62.js'
import { RANDOM_DIGITS, idFloor } from '../rules/ids.js'

/** Excludes I, O, 0 and 1, which look alike. */
const CODE_CHARACTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

export interface Ids {
  /**
   * A new id: for the prefix `pay`, `pay_` and 21 base62 characters. `nowUs` in microseconds. Ids of one time sort as created.
   */
  next (prefix: string, nowUs: number): string
  /** The id that was chosen for the object being created, by its prefix; null if none was. See `choosing`. */
  chosen (prefix: string): string | null
  /** Runs an action that creates an object with an id from a fixtures file. */
  choosing<Result> (prefix: string, id: string | undefined, action: () => Result): Result
  /** 20 base62 characters that can't be guessed. */
  secret (): string
  /** 24 bytes that can't be guessed, in Base64: 32 characters. */
  signingKey (): string
  /** A UUID, version 4. */
  uuid (): string
  /**
   * The id of a form that a page shows again: 20 base62 characters. They come from a stream of their own, because the number of
   * forms depends on the speed of typing, and must not change other ids.
   */
  form (): string
  /** A discount code that a customer can type: 16 capitals and digits. */
  code (): string
  /** A random number of at least 0 and less than 1. */
  chance (): number
  /** A random integer of at least 0 and less than 2 ** 46, to scramble the ids of payment links. */
  salt (): number
  /**
   * Continues with a database of an earlier run. With the same seed and a frozen clock, the ids of that run would repeat, so the
   * seed is combined with `filled`, which describes the contents of the database.
   */
  resume (filled: () => string): void
}

/** Returns `count` random bytes. */
type RandomBytes = (count: number) => Buffer

/** Without a seed, values are unpredictable. With a seed, all values can be predicted, including secrets. */
export function createIds (seed: string | null = null): Ids {
  let bytes: RandomBytes = seed === null ? pooled(() => randomBytes(POOL_BYTES)) : seededBytes(seed)
  const text = (alphabet: string, length: number) => customRandom(alphabet, length, count => bytes(count))
  const tail = text(BASE62, RANDOM_DIGITS)
  const secret = text(BASE62, 20)
  let formBytes = seed === null ? bytes : seededBytes(`${seed} forms`)
  const form = customRandom(BASE62, 20, count => formBytes(count))
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
    form: () => form(),
    signingKey: () => bytes(24).toString('base64'),
    uuid: () => uuidOf(bytes(16)),
    code: () => code(),
    chance: () => bytes(6).readUIntBE(0, 6) / 2 ** 48,
    salt: () => bytes(6).readUIntBE(0, 6) % 2 ** 46,
    resume (filled) {
      if (seed === null) return
      const resumed = `${seed} ${filled()}`
      bytes = seededBytes(resumed)
      formBytes = seededBytes(`${resumed} forms`)
    }
  }
}

/** Counts the ids of a prefix that were created at the same time. */
interface Order {
  latest: number
  made: number
  /** Counts of earlier times. */
  earlier: Map<number, number>
}

const EARLIER_MAX = 10_000

/** The number of ids created before at this time. Times repeat on a frozen clock, and while data is loaded in the background. */
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

/** A UUID of version 4 (RFC 9562): all bits are random except six. */
function uuidOf (chance: Buffer): string {
  const bytes = Buffer.from(chance)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** Random bytes are generated in blocks. Generating them for each id would take a tenth of a payment's time. */
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
 * The key stream of AES-256 in counter mode, with the SHA-256 of the seed as the key. Any text can be a seed, similar seeds give
 * unrelated streams, and there is no arithmetic of our own. The stream is used in order, so a run can be repeated.
 */
function seededBytes (seed: string): RandomBytes {
  const cipher = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16))
  const zeros = Buffer.alloc(POOL_BYTES)
  return pooled(() => cipher.update(zeros))
}
