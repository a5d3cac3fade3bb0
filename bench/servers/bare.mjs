// The yardstick: Fastify parses the body of POST /payments and returns a constant. Nothing is
// validated, calculated or stored. All other figures are ratios to this server.
//   node bare.mjs PORT
import Fastify from 'fastify'

const reply = {
  payment_id: 'pay_0123456789abcdefghij',
  total_amount: 8765,
  client_secret: 'pay_0123456789abcdefghij_secret_0123456789',
  customer: { customer_id: 'cus_0123456789', email: 'bench@example.com', name: 'Bench Customer' },
  metadata: {}
}

const fastify = Fastify()
fastify.post('/payments', () => reply)
await fastify.listen({ host: '127.0.0.1', port: Number(process.argv[2]) })
