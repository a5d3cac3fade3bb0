// The guard against slow releases: compares the ratios of a run with those of the last release in baseline.json. Machines are
// noisy, so a ratio counts as fallen only if it is more than a quarter lower in every round.
import { readFileSync, writeFileSync } from 'node:fs'
import { median } from './statistics.mjs'

export const GUARDED_PARTS = ['throughput', 'reads']
export const GUARDED_ROUNDS = 3
const MAY_FALL_TO = 0.75

const file = new URL('baseline.json', import.meta.url)

// The ratios of each round by name, such as `POST /payments at 32: throughput`, with the number of connections. Higher is faster:
// requests per second over bare Fastify's, and bare Fastify's processor time per request over ours.
export function ratiosOf ({ throughput = [], reads = [] }) {
  const ratios = {}
  const add = (name, ratio) => { if (Number.isFinite(ratio)) (ratios[name] ??= []).push(ratio) }
  for (const sample of throughput.filter(({ server }) => server === 'ours')) {
    const { connections, round } = sample
    const bare = throughput.filter((one) => one.server === 'bare' && one.connections === connections && one.round === round)
    add(`POST /payments at ${connections}: throughput`, sample.ratio)
    add(`POST /payments at ${connections}: processor time`,
      median(bare.map((one) => one.cpuUsPerRequest)) / sample.cpuUsPerRequest)
  }
  for (const { request, ratio, cpuRatio } of reads) {
    add(`${request}: throughput`, ratio)
    add(`${request}: processor time`, cpuRatio)
  }
  return ratios
}

// A line for each ratio that has fallen, or is missing in the run.
export function fallen (baseline, ratios) {
  return Object.entries(baseline).flatMap(([name, expected]) => {
    const measured = ratios[name] ?? []
    if (measured.length === 0) return [`${name}: not measured`]
    const best = Math.max(...measured)
    if (best >= MAY_FALL_TO * expected) return []
    return [`${name}: at most ${best.toFixed(2)} in ${measured.length} rounds, but ${expected.toFixed(2)} in the last release`]
  })
}

// On a busy machine the ratios say nothing: bare Fastify itself differs by more than this factor between its runs.
const STEADY_FACTOR = 2

export function isTooNoisy ({ throughput = [] }) {
  const runs = throughput.filter(({ server }) => server === 'bare').map((one) => one.requestsPerSecond)
  return Math.max(...runs) > STEADY_FACTOR * Math.min(...runs)
}

export function readBaseline () {
  return JSON.parse(readFileSync(file, 'utf8')).ratios
}

// Keeps the medians of a run as those of a release.
export function writeBaseline (ratios, { date, host }) {
  const medians = Object.fromEntries(Object.entries(ratios).map(([name, all]) => [name, Number(median(all).toFixed(3))]))
  writeFileSync(file, `${JSON.stringify({ date, host, ratios: medians }, null, 2)}\n`)
}
