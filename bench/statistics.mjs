// Medians, because machines are noisy and a mean would show the worst disturbance.

export function median (numbers) {
  if (numbers.length === 0) return NaN
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

// The median of a field over the samples that have it; undefined if no sample has it.
export function medianOf (samples, pick) {
  const numbers = samples.map(pick).filter((number) => number !== undefined)
  return numbers.length === 0 ? undefined : median(numbers)
}

// Each round starts with another server, so that no server always follows the same one.
export function rotate (list, places) {
  const start = list.length === 0 ? 0 : places % list.length
  return [...list.slice(start), ...list.slice(0, start)]
}
