/** The processor time of this process, in milliseconds. It does not grow faster on a busy machine. */
export function busyMs (): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
