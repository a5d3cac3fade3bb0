/**
 * Writes the replies of one iteration of the event loop one after the other. The first one wakes a client that waits, which reads
 * the others meanwhile. Replies written with work in between would wake it again and again, and waking it is most of the cost
 * of a write.
 */
import { Socket } from 'node:net'
import { setImmediate } from 'node:timers' // not the global, which a test may have replaced

interface Chunk {
  chunk: unknown
  encoding: BufferEncoding
}

type WriteDone = (error?: Error | null) => void

export interface Writes {
  /** Collects the replies of a connection. */
  collect (socket: Socket): void
  /** Writes what is collected now. */
  flush (): void
  /** Writes what is collected, and from now on every reply at once. */
  end (): void
}

export function createWrites (): Writes {
  let waiting: Array<() => void> = []
  let isOver = false

  function flush (): void {
    const ready = waiting
    waiting = []
    for (const write of ready) write()
  }

  /**
   * Replaces `_writev`. Node sends a reply as its text and an empty string, which marks the end. Writing the text by itself takes
   * a fast path.
   */
  function write (this: Socket, chunks: Chunk[], done: WriteDone): void {
    const [first, last] = chunks
    const isReply = first !== undefined && chunks.length === 2 && last?.chunk === ''
    if (isOver || !isReply) return Socket.prototype._writev?.call(this, chunks, done)
    if (waiting.length === 0) setImmediate(flush)
    waiting.push(() => { this._write(first.chunk, first.encoding, done) })
  }

  return {
    collect (socket) { socket._writev = write },
    flush,
    end () {
      isOver = true
      flush()
    }
  }
}
