// Sends usage events on keep-alive connections in a closed loop, each with a new id. wrk can't: its body is constant.
// node ingester.mjs URL '{"connections":32,"batch":100,"seconds":5,"ids":"ordered"}' prints one line of JSON. With `events` it
// stops after that many events instead of `seconds`. Ids are `ordered`, as counters and UUIDs of version 7 are, or `random`.
import { randomUUID } from 'node:crypto'
import http from 'node:http'

const [url, options] = process.argv.slice(2)
const { connections, batch, seconds = Infinity, events = Infinity, ids, customer = 'cus_ada' } = JSON.parse(options)
const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
const prefix = `evt_${Date.now().toString(36)}_`
const result = { events: 0, requests: 0, failures: 0, seconds: 0 }
let count = 0

function body () {
  const time = new Date().toISOString()
  const list = Array.from({ length: batch }, () => {
    count++
    const id = ids === 'random' ? randomUUID() : prefix + String(count).padStart(9, '0')
    return `{"event_id":"${id}","customer_id":"${customer}","event_name":"bench.call","timestamp":"${time}",` +
      `"metadata":{"route":"/v1/chat","tokens":${count % 1000},"cached":false}}`
  })
  return `{"events":[${list.join(',')}]}`
}

function send () {
  return new Promise((resolve) => {
    const text = body()
    const headers = { authorization: 'Bearer bench', 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    const request = http.request(`${url}/events/ingest`, { method: 'POST', agent, headers }, (response) => {
      let reply = ''
      response.setEncoding('utf8').on('data', (part) => { reply += part }).on('end', () => {
        result.requests++
        if (response.statusCode === 200) result.events += JSON.parse(reply).ingested_count
        else result.failures++
        resolve()
      })
    })
    request.on('error', () => { result.failures++; resolve() })
    request.end(text)
  })
}

const startedAt = performance.now()
const until = startedAt + seconds * 1e3
const isDone = () => performance.now() >= until || count >= events || result.failures > 0
await Promise.all(Array.from({ length: connections }, async () => {
  while (!isDone()) await send()
}))
result.seconds = (performance.now() - startedAt) / 1e3
console.log(JSON.stringify(result))
agent.destroy()
