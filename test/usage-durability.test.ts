/** Acknowledged usage events are on disk after kill -9, none twice, and the totals agree with them. */
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import t from 'tap'
import { rounds } from './effort.js'
import { connect, freePort, JSON_TYPE, startProcess, stop, temporaryFolder } from './processes.js'

const CONNECTIONS = 16
const BATCH = 50

t.test('kill -9 during ingest loses no acknowledged event and stores none twice', async t => {
  const folder = temporaryFolder(t)
  const args = ['--database', 'usage.db', '--port', String(await freePort())]
  const acknowledged = new Set<string>()
  let number = 0

  for (let round = 1; round <= rounds(2); round++) {
    const victim = await startProcess(t, args, { folder })
    const { send } = connect(t, victim.url, CONNECTIONS)
    const post = (path: string, body: object) => send<Record<string, unknown>>('POST', path, JSON.stringify(body), JSON_TYPE)
    if (round === 1) {
      const aggregation = { type: 'sum', key: 'n' }
      await post('/meters', { name: 'Units', event_name: 'unit', measurement_unit: 'units', aggregation })
    }
    const enough = acknowledged.size + 5000
    const sender = async () => {
      for (;;) {
        const ids = Array.from({ length: BATCH }, () => `evt-${++number}`)
        const events = ids.map(id => ({ event_id: id, customer_id: 'cus_ada', event_name: 'unit', metadata: { n: 0.1 } }))
        const { status, json } = await post('/events/ingest', { events })
        if (status !== 200 || json['ingested_count'] !== BATCH) throw new Error('refused')
        for (const id of ids) acknowledged.add(id)
        await post('/events/ingest', { events: events.slice(0, 5) }) // // a retry, which stores nothing
        if (acknowledged.size >= enough) victim.kill('SIGKILL')
      }
    }
    await Promise.allSettled(Array.from({ length: CONNECTIONS }, sender))
    t.equal((await victim.ended).code, null, 'it was killed')

    const revived = await startProcess(t, args, { folder })
    t.equal((await connect(t, revived.url).get(`/events/${[...acknowledged].at(-1) ?? ''}`)).status, 200)
    t.equal((await stop(revived)).code, 0)
    const database = new Sqlite(join(folder, 'usage.db'), { readonly: true })
    const stored = database.prepare<[], string>('SELECT event_id FROM events').pluck().all()
    const days = database.prepare<[], { events: number, quantity: string }>('SELECT events, quantity FROM usage_days').all()
    t.strictSame(database.pragma('integrity_check'), [{ integrity_check: 'ok' }])
    database.close()
    const known = new Set(stored)
    t.equal(known.size, stored.length, `round ${round}: no event is stored twice`)
    t.strictSame([...acknowledged].filter(id => !known.has(id)), [], `round ${round}: every acknowledged event is stored`)
    t.equal(stored.length % BATCH, 0, 'a call is stored as a whole')
    t.equal(days.reduce((sum, { events }) => sum + events, 0), stored.length, 'the totals count what is stored')
    t.equal(Math.round(days.reduce((sum, { quantity }) => sum + Number(quantity) * 10, 0)), stored.length)
  }
})
