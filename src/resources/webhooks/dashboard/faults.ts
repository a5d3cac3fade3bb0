/**
 * Delivery faults in the dashboard: the pending ones, and the form that adds one. Stable ids for browser tests: faults,
 * add-fault.
 */
import { html } from 'ghtml'
import type { components } from '../../../contract/control-types.gen.js'
import type { Fragment } from '../../../pages/layout.js'
import { button, choiceField, form, submit, textField } from '../../../pages/dashboard/fields.js'
import type { Form } from '../../../pages/dashboard/form.js'
import type { Done, Shown, PageContext } from '../../../pages/dashboard/page.js'
import { card, empty, heading, table, type Row } from '../../../pages/dashboard/parts.js'
import type { Pages } from '../../../pages/dashboard/section.js'
import { EVENT_TYPE_OPTIONS, endpointLink, endpointOptions, endpointsOf, tabs } from './parts.js'
import { FAULT_WORDS, type Endpoint } from './words.js'

type DeliveryFault = components['schemas']['DeliveryFault']

const KIND_OPTIONS = [
  ['duplicate', 'duplicate: sent twice'],
  ['shuffle', 'shuffle: held back, then sent last first'],
  ['delay', 'delay: sent later'],
  ['drop', 'drop: never sent'],
  ['wrong_secret', 'wrong secret: signed with a different key'],
  ['stale_timestamp', 'stale timestamp: dated ten minutes ago']
] as const satisfies ReadonlyArray<readonly [DeliveryFault['kind'], string]>

export const faultPages: Pages = {
  '/faults': {
    show: faultsPage,
    actions: {
      add: addFault,
      async clear (page) {
        await page.operate('DELETE /_emulator/deliveries/faults')
        return { done: 'cleared' }
      }
    },
    notes: { added: 'The fault was added. It affects the next matching deliveries.', cleared: 'All faults were removed.' }
  }
}

async function faultsPage (page: PageContext): Promise<Shown> {
  const [{ items }, endpoints] = await Promise.all([page.operate('GET /_emulator/deliveries/faults'), endpointsOf(page)])
  const clear = items.length === 0 ? '' : button(page.formState('clear'), 'Remove all')
  return {
    title: 'Delivery faults',
    content: html`!${heading('Delivery faults')}!${tabs(page)}
<p class="quiet">Your program must handle duplicate, late, reordered and missing events, and refuse events with a wrong signature.
Each delivery attempt uses the first matching fault.</p>
<div id="fault-list" data-live>!${card(items.length === 0
  ? empty('No active faults', '<p>Add a fault below, then cause an event or send a sample.</p>')
  : faultTable(items, endpoints, page), { id: 'faults', title: 'Active faults', actions: clear, pad: false })}</div>
!${card(adding(endpoints, page), { id: 'add-fault', title: 'Add fault' })}`
  }
}

function faultTable (faults: readonly DeliveryFault[], endpoints: readonly Endpoint[], page: PageContext): Fragment {
  return table('Delivery faults', [
    { title: 'Fault' }, { title: 'Attempts left', kind: 'number' }, { title: 'Endpoint' }, { title: 'Event' }
  ], faults.map((fault, index): Row => ({
    id: `fault-${index}`,
    cells: [
      html`<strong>${fault.kind.replaceAll('_', ' ')}</strong><span class="under">${FAULT_WORDS[fault.kind].does}!${
        fault.delay_ms === null ? '' : html` by ${fault.delay_ms} ms`}</span>`,
      html`${fault.remaining}`,
      fault.webhook_id === null ? 'any' : endpointLink(fault.webhook_id, endpoints, page),
      html`${fault.event_type ?? 'any'}`
    ]
  })))
}

function adding (endpoints: readonly Endpoint[], page: PageContext): Fragment {
  const formState = page.formState('add')
  return form(formState, html`!${choiceField(formState, {
    name: 'kind', label: 'Fault', isRequired: true, options: KIND_OPTIONS
  })}
<div class="pair">!${textField(formState, {
    name: 'count', label: 'Number of attempts', value: 1, inputmode: 'numeric', isRequired: true
  })}!${textField(formState, {
    name: 'delay_ms', label: 'Delay in milliseconds', inputmode: 'numeric', placeholder: 'for delay only'
  })}</div>
<div class="pair">!${choiceField(formState, {
  name: 'webhook_id', label: 'Endpoint', isRequired: true, options: [['', 'Any'], ...endpointOptions(endpoints)]
})}!${choiceField(formState, {
  name: 'event_type', label: 'Event', isRequired: true, options: [['', 'Any'], ...EVENT_TYPE_OPTIONS]
})}</div><div>!${submit('Add fault')}</div>`)
}

async function addFault (page: PageContext, sent: Form): Promise<Done> {
  const given = {
    count: sent.number('count'),
    delay_ms: sent.number('delay_ms'),
    webhook_id: sent.given('webhook_id'),
    event_type: sent.given('event_type')
  }
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  await page.operate('POST /_emulator/deliveries/faults', { body: { kind: sent.text('kind'), ...said } })
  return { done: 'added' }
}
