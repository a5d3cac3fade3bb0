/** Use a database in a real shop. Global, because Next.js may load this file once for each route. */
export const orders = (globalThis.orders ??= new Map())
