/** Compares data with the part of it that a test expects. */

interface Asymmetric {
  asymmetricMatch (actual: unknown): boolean
}

/**
 * Describes the first difference, or returns null if the values are equal. Objects may have further fields, and lists must have
 * the same length. Matchers of a runner, such as `expect.any(String)`, are called.
 */
export function differenceOf (actual: unknown, expected: unknown, path: string): string | null {
  if (isAsymmetric(expected)) return expected.asymmetricMatch(actual) ? null : differs(path, expected, actual)
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return differs(path, expected, actual)
    return firstOf(expected.map((item, index) => differenceOf(actual[index], item, `${path}[${index}]`)))
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) return differs(path, expected, actual)
    const fields = Object.entries(expected).filter(([, value]) => value !== undefined)
    const values = actual as Record<string, unknown>
    return firstOf(fields.map(([name, value]) => differenceOf(values[name], value, `${path}.${name}`)))
  }
  return Object.is(actual, expected) ? null : differs(path, expected, actual)
}

function isAsymmetric (value: unknown): value is Asymmetric {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Asymmetric>).asymmetricMatch === 'function'
}

function firstOf (differences: ReadonlyArray<string | null>): string | null {
  return differences.find(difference => difference !== null) ?? null
}

function differs (path: string, expected: unknown, actual: unknown): string {
  return `${path} is ${textOf(actual)}, not ${textOf(expected)}`
}

function textOf (value: unknown): string {
  const text = isAsymmetric(value) ? String(value) : JSON.stringify(value) ?? String(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
