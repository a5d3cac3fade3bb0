/** Shows the progress of a command in one line on standard error. Only on a terminal, so that logs and pipes stay clean. */

export interface Progress {
  /** Replaces the line. */
  update (text: string): void
  /** Removes the line. */
  end (): void
}

/** Moves to the beginning of the line and erases it. */
const CLEAR_LINE = '\r\x1b[K'

/** Columns of a terminal that does not report its width. */
const COLUMNS = 80

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>

export function createProgress (stream: Stream = process.stderr): Progress {
  if (!stream.isTTY) return { update () {}, end () {} }
  let isShown = false
  return {
    update (text) {
      // A longer line would wrap, and only its last part could be erased.
      stream.write(CLEAR_LINE + text.slice(0, (stream.columns || COLUMNS) - 1))
      isShown = true
    },
    end () {
      if (isShown) stream.write(CLEAR_LINE)
      isShown = false
    }
  }
}
