/** The two entrances of the MCP server: the command over stdio, and HTTP with the guards of /_emulator. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import t, { type Test } from 'tap'
import { RESOURCES } from '../../src/mcp/context.js'
import { paymentBody, startEmulator } from '../helper.js'
import { COMMAND, runToEnd, temporaryFolder } from '../processes.js'
import { connectClient, httpTransport } from './client.js'

const MESSAGE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } }
}
const TYPES = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }

function stdio (test: Test, args: string[], env: Record<string, string> = {}): StdioClientTransport {
  return new StdioClientTransport({
    command: process.execPath,
    args: [COMMAND, 'mcp', ...args],
    cwd: temporaryFolder(test),
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stderr: 'pipe'
  })
}

t.test('over HTTP: tools, resources, prompts and instructions', async t => {
  const { emulator } = startEmulator(t)
  const { address } = await emulator.listen()
  const { client, done } = await connectClient(t, httpTransport(`${address}/_emulator/mcp`))
  t.match(client.getInstructions(), /local emulator.*No money moves.*Start with search_operations/s)
  const names = (await client.listTools()).tools.map(({ name }) => name)
  t.strictSame(['pay', 'reset', 'call_api'].filter(name => !names.includes(name)), [], 'the core')
  t.notOk(names.includes('new_sandbox'), 'nothing else')
  const { resources } = await client.listResources()
  t.strictSame(resources.map(({ uri }) => uri), Object.keys(RESOURCES))
  for (const { uri } of resources) {
    const { contents: [content] } = await client.readResource({ uri })
    t.ok(content !== undefined && 'text' in content && Object.keys(JSON.parse(content.text)).length > 2, uri)
  }
  await t.rejects(client.readResource({ uri: 'file:///etc/passwd' }), /there is no resource/)
  for (const { name } of (await client.listPrompts()).prompts) {
    t.match(await client.getPrompt({ name }), { messages: [{ role: 'user', content: { text: /list_requests|get_event/ } }] })
  }
  await t.rejects(client.getPrompt({ name: 'none' }), /there is no prompt/)
  await done('call_api', { method: 'POST', path: '/payments', body: paymentBody() })

  const readonly = await connectClient(t, httpTransport(`${address}/_emulator/mcp?tools=readonly`))
  t.strictSame((await readonly.client.listTools()).tools.filter(({ annotations }) => annotations?.readOnlyHint !== true), [])
  t.match(await readonly.call('reset'), { isError: true, value: { code: 'UNKNOWN_TOOL' } }, 'a tool of another set is not called')
  const own = await connectClient(t, httpTransport(`${address}/~mine/_emulator/mcp`))
  t.match(await own.done('get_state', { what: 'overview' }), { sandbox: `${address}/~mine`, counts: { payments: 0 } })
  t.match(await own.done('get_state', { what: 'overview', sandbox: 'default' }), { counts: { payments: 1 } }, 'a tool may name another sandbox')
})

t.test('over HTTP: the guards of /_emulator, and messages that are wrong', async t => {
  const { emulator, call } = startEmulator(t, { controlKey: 'secret' })
  const post = async (headers: Record<string, string>, payload: object | string = MESSAGE, url = '/_emulator/mcp') =>
    await emulator.app.inject({ method: 'POST', url, headers: { host: '127.0.0.1:4010', ...TYPES, ...headers }, payload })
  const key = { 'x-emulator-key': 'secret' }
  const answered = await post(key)
  t.equal(answered.statusCode, 200)
  t.match(answered.payload, /event: message\ndata: .*"serverInfo":\{"name":"dodo-emulator"/)
  t.equal((await post({ authorization: 'Bearer secret' })).statusCode, 200)
  t.equal((await post({})).statusCode, 401, 'without the key')
  for (const headers of [{ origin: 'https://evil.test' }, { host: 'evil.test' }, { 'sec-fetch-site': 'cross-site' }, { 'webhook-id': 'msg_1' }]) {
    t.match(await post({ ...key, ...headers }), { statusCode: 403 }, JSON.stringify(headers))
  }
  const paid = await post(key, { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'get_state', arguments: { what: 'overview' } } })
  t.match(paid.payload, /counts/, 'tools call with the key')
  t.match((await post(key, { jsonrpc: '2.0', id: 3, method: 'none' })).payload, /"code":-32601/)
  t.match(await post(key, { jsonrpc: '2.0', method: 'notifications/initialized' }), { statusCode: 202, payload: '' })
  t.match(await post(key, { hello: 'you' }), { statusCode: 400 })
  t.match(await post(key, '{'), { statusCode: 422 })
  t.match(await post({ ...key, accept: '*/*' }), { statusCode: 200 })
  t.match(await post({ ...key, accept: 'text/html' }), { statusCode: 406 })
  t.match(await post(key, MESSAGE, '/_emulator/mcp?tools=some'), { statusCode: 422 })
  t.match(await call('GET', '/_emulator/mcp'), { status: 405, headers: { allow: /POST/ } })
  const off = startEmulator(t, { control: 'off' })
  t.match(await off.call('POST', '/_emulator/mcp', { body: MESSAGE, headers: TYPES }), { status: 404 })
})

t.test('over stdio: a running emulator, and one that starts with the command', async t => {
  const { emulator } = startEmulator(t, { controlKey: 'secret' })
  const { address } = await emulator.listen()
  const running = await connectClient(t, stdio(t, ['--url', address, '--sandbox', 'mine', '--control-key', 'secret', '--tools', 'all']))
  t.match(await running.done('new_sandbox', { name: 'theirs' }), { base_url: `${address}/~theirs` })
  t.match(await running.done('get_state', { what: 'overview' }), { sandbox: `${address}/~mine` })
  const started = await connectClient(t, stdio(t, ['--start'], { SANDBOX: 'tests' }))
  const { body } = await started.done('call_api', { method: 'POST', path: '/payments', body: paymentBody() }) as { body: { payment_id: string } }
  t.match(await started.done('pay', { payment_id: body.payment_id }), { payment: { status: 'succeeded' } })
  const nobody = await connectClient(t, stdio(t, ['--url', 'http://127.0.0.1:9']))
  t.match(await nobody.call('get_state', { what: 'overview' }), { isError: true, value: { code: 'UNREACHABLE', what_to_do: /--start/ } })
  t.match(await nobody.done('search_operations', { query: 'refund' }), { operations: [{}] }, 'the contract is known without an emulator')
})

t.test('over stdio: the process ends with its input or a signal, and refuses wrong options', async t => {
  for (const end of ['input', 'signal']) {
    const child = spawn(process.execPath, [COMMAND, 'mcp', '--start'], { cwd: temporaryFolder(t), env: { PATH: process.env['PATH'] ?? '' } })
    t.teardown(() => { child.kill('SIGKILL') })
    const lines = child.stdout.setEncoding('utf8')
    child.stdin.write(`${JSON.stringify(MESSAGE)}\n`)
    const [answer] = await once(lines, 'data') as [string]
    t.match(JSON.parse(answer), { id: 1, result: { protocolVersion: '2025-06-18' } })
    const ended = once(child, 'exit')
    if (end === 'input') child.stdin.end()
    else child.kill('SIGTERM')
    t.strictSame(await ended, [0, null], end)
  }
  for (const [args, reason] of [
    [['--start', '--url', 'http://127.0.0.1:1'], /--start excludes --url/], [['--tools', 'some'], /--tools/]
  ] as const) t.match(await runToEnd(t, ['mcp', ...args]), { code: 2, stderr: reason, stdout: '' })
})
