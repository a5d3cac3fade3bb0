/** Names that were meant but misspelt. */

/** Whether one letter was left out, added or changed, or two have changed places. */
export function isNear (name: string, given: string): boolean {
  let same = 0
  while (same < name.length && name[same] === given[same]) same++
  const [rest, givenRest] = [name.slice(same), given.slice(same)]
  return [[1, 1], [0, 1], [1, 0]].some(([skip, givenSkip]) => rest.slice(skip) === givenRest.slice(givenSkip)) ||
    (rest.slice(2) === givenRest.slice(2) && rest[0] === givenRest[1] && rest[1] === givenRest[0])
}
