/** The types of webhook events, each with the data of its own type: a union that a check of `type` narrows. */
import type { EventType, PAYLOAD_TYPES, Payload } from '../delivery/catalogue.js'
import type { components } from '../contract/control-types.gen.js'

/** The data of an event: the object as the API shows it, with its `payload_type`. */
export type EventData<Type extends EventType> =
  Payload<(typeof PAYLOAD_TYPES)[Type]> & { payload_type: (typeof PAYLOAD_TYPES)[Type] }

interface EventWith<Type, Data> extends Omit<components['schemas']['Event'], 'type' | 'body'> {
  type: Type
  /** The body as it would be delivered now. */
  body: { business_id: string, timestamp: string, type: Type, data: Data }
}

/** An event of a type, `Event<'payment.succeeded'>`, or of any type. */
export type Event<Type extends EventType = EventType> = { [Name in Type]: EventWith<Name, EventData<Name>> }[Type]

/** The names of all fields that the data of any event has. */
type Field = { [Name in EventType]: keyof EventData<Name> }[EventType]

/** Data whose other fields can be named too: as `never`, so that a union of such has the type of the data that has the field. */
type Readable<Data> = Data & { readonly [Name in Exclude<Field, keyof Data>]: never }

/**
 * An event of any type, as a predicate sees it: every field of `body.data` can be read before the type is checked, and is
 * undefined in events that do not have it.
 */
export type AnyEvent = { [Name in EventType]: EventWith<Name, Readable<EventData<Name>>> }[EventType]
