/** Optional JSON columns: a column that is null is a value that is null. */

export function toJson (value: object | null): string | null {
  return value === null ? null : JSON.stringify(value)
}

/** The value of a column that this process wrote itself, so its type is known. */
export function fromJson<Value> (text: string | null): Value | null {
  return text === null ? null : JSON.parse(text) as Value
}
