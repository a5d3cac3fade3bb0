/** Reads and writes nullable JSON columns. */

export function toJson (value: object | null): string | null {
  return value === null ? null : JSON.stringify(value)
}

/** Parses a column. Its type is known, because only the emulator writes it. */
export function fromJson<Value> (text: string | null): Value | null {
  return text === null ? null : JSON.parse(text) as Value
}
