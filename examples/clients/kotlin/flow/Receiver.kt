package shop

import com.dodopayments.api.client.DodoPaymentsClient
import com.dodopayments.api.core.UnwrapWebhookParams
import com.dodopayments.api.core.http.Headers
import com.dodopayments.api.errors.DodoPaymentsWebhookException
import com.dodopayments.api.models.webhooks.UnwrapWebhookEvent
import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import java.net.InetAddress
import java.net.InetSocketAddress
import java.util.concurrent.ConcurrentHashMap

/** A webhook endpoint on a free port. It accepts only deliveries that the client's own helper verifies. */
class Receiver(private val client: DodoPaymentsClient) : AutoCloseable {
    private val server = HttpServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0)

    val url: String get() = "http://127.0.0.1:${server.address.port}/webhook"
    val received: MutableSet<String> = ConcurrentHashMap.newKeySet()

    @Volatile var secret: String? = null

    init {
        server.createContext("/webhook", ::handle)
        server.start()
    }

    override fun close() = server.stop(0)

    private fun handle(exchange: HttpExchange) {
        val body = exchange.requestBody.readBytes().decodeToString()
        val headers = Headers.builder().putAll(exchange.requestHeaders).build()
        val status = try {
            // Without headers, unwrap() does not verify.
            note(client.webhooks().unwrap(UnwrapWebhookParams.builder().body(body).headers(headers).secret(secret).build()))
            200
        } catch (forged: DodoPaymentsWebhookException) {
            401
        }
        exchange.sendResponseHeaders(status, -1)
        exchange.close()
    }

    private fun note(event: UnwrapWebhookEvent) {
        if (event.isPaymentSucceeded()) received += "payment.succeeded"
        if (event.isRefundSucceeded()) received += "refund.succeeded"
        if (event.isSubscriptionRenewed()) received += "subscription.renewed"
        if (event.isLicenseKeyCreated()) received += "license_key.created"
    }

    companion object {
        val EXPECTED = setOf("payment.succeeded", "refund.succeeded", "subscription.renewed", "license_key.created")
    }
}
