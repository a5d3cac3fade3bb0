// Simulates how nginx spreads sandboxes over emulators (`hash $sandbox consistent`), and what changes when one is added or removed.
// nginx uses the ketama method: each server has 160 points on a ring of CRC-32 values, and a sandbox belongs to the next point.
//   node bench/hashing.mjs [SANDBOXES] [EMULATORS]
import { crc32 } from 'node:zlib'

const POINTS = 160

// A point's hash is that of the host, a zero byte, the port, and the hash of the server's previous point in little-endian order.
function pointsOf (server, index) {
  const [host, port] = server.split(':')
  const base = crc32(Buffer.from(`${host}\0${port}`))
  const points = []
  let previous = 0
  for (let point = 0; point < POINTS; point++) {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(previous)
    previous = crc32(bytes, base)
    points.push({ hash: previous, index })
  }
  return points
}

function ringOf (servers) {
  return servers.flatMap(pointsOf).sort((a, b) => a.hash - b.hash)
}

function ownerOf (sandbox, ring) {
  const hash = crc32(Buffer.from(sandbox))
  let low = 0
  let high = ring.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ring[middle].hash < hash) low = middle + 1
    else high = middle
  }
  return ring[low % ring.length].index
}

const percent = (part, whole) => `${(part / whole * 100).toFixed(2)} %`

function simulate (sandboxes, count) {
  const names = Array.from({ length: sandboxes }, (_, index) => `worker-${index}`)
  const servers = Array.from({ length: count + 1 }, (_, index) => `emulator-${index + 1}:4010`)
  const before = ringOf(servers.slice(0, -1))
  const after = ringOf(servers)
  const shares = new Array(count).fill(0)
  let moved = 0
  let elsewhere = 0
  for (const name of names) {
    const [from, to] = [ownerOf(name, before), ownerOf(name, after)]
    shares[from]++
    if (from !== to) moved++
    if (from !== to && to !== count) elsewhere++
  }
  const mean = sandboxes / count
  console.log(`${sandboxes} sandboxes, ${count} emulators: one more takes ${moved} (${percent(moved, sandboxes)}; an equal share is ` +
    `${percent(1, count + 1)}), ${elsewhere} move between others; the largest holds ${(Math.max(...shares) / mean).toFixed(2)} of ` +
    `the mean, the smallest ${(Math.min(...shares) / mean).toFixed(2)}`)
}

const [sandboxes, emulators] = process.argv.slice(2).map(Number)
for (const count of emulators === undefined ? [3, 10, 32, 100] : [emulators]) simulate(sandboxes ?? 100_000, count)
