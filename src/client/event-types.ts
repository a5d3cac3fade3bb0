/** Types of webhook events: a union that a check of `type` narrows to the event's data. */
import type { EventType, PAYLOAD_TYPES, Payload } from '../delivery/catalogue.js'
import type { components } from '../contract/control-types.gen.js'

/** The data of an event: the object in the API's shape, with its `payload_type`. */
export type EventData<Type extends EventType> =
  Payload<(typeof PAYLOAD_TYPES)[Type]> & { payload_type: (typeof PAYLOAD_TYPES)[Type] }

interface EventWith<Type, Data> extends Omit<components['schemas']['Event'], 'type' | 'body'> {
  type: Type
  /** The body with current data. */
  body: { business_id: string, timestamp: string, type: Type, data: Data }
}

/** An event of a type, `Event<'payment.succeeded'>`, or of any type. */
export type Event<Type extends EventType = EventType> = { [Name in Type]: EventWith<Name, EventData<Name>> }[Type]

/** The names of all fields of all events' data. */
type Field = { [Name in EventType]: keyof EventData<Name> }[EventType]

/** Adds the fields of other events' data as `never`. In a union, a field then has the type of the data that contains it. */
type Readable<Data> = Data & { readonly [Name in Exclude<Field, keyof Data>]: never }

/**
 * An event of any type, as predicates get it. Every field of `body.data` can be read without a check of the type, and is
 * undefined in events that do not have it.
 */
export type AnyEvent = { [Name in EventType]: EventWith<Name, Readable<EventData<Name>>> }[EventType]
