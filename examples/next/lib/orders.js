/** In a real shop, a database. Kept by the process, because Next.js may load this file once for each route. */
export const orders = (globalThis.orders ??= new Map())
