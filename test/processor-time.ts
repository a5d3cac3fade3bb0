/** How long the processor has been busy for this process, in milliseconds. On a busy machine it passes no faster than on an idle one. */
export function busyMs (): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
