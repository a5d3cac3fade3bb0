/**
 * Prints the results of commands on standard output: as text, or as one JSON document with --json. Colours are for terminals
 * only, and follow NO_COLOR and FORCE_COLOR.
 */
import { styleText } from 'node:util'

/** Prints a result. An empty text prints nothing. */
export type Show = <Value>(value: Value, textOf: (value: Value) => string | readonly string[]) => void

export interface Output {
  show: Show
  /** Whether results are printed as JSON. */
  json: boolean
}

export function createOutput (): Output {
  const output: Output = {
    json: false,
    show (value, textOf) {
      if (output.json) return console.log(JSON.stringify(value, null, 2))
      const text = [textOf(value)].flat().join('\n')
      if (text !== '') console.log(text)
    }
  }
  return output
}

type Colour = 'red' | 'yellow' | 'green' | 'dim' | 'bold'

/** Colours a text for standard output, or for the given stream. */
export function coloured (colour: Colour, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(colour, text, { stream })
}

/** The colour of a status: green for success, yellow for a refusal of the program, red for a failure of the server. */
export function colouredStatus (status: number): string {
  return coloured(status >= 500 ? 'red' : status >= 400 ? 'yellow' : 'green', String(status))
}
