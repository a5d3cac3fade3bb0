package shop;

import com.dodopayments.api.client.DodoPaymentsClient;
import com.dodopayments.api.core.UnwrapWebhookParams;
import com.dodopayments.api.core.http.Headers;
import com.dodopayments.api.errors.DodoPaymentsWebhookException;
import com.dodopayments.api.models.webhooks.UnwrapWebhookEvent;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A webhook endpoint on a free port. It accepts only deliveries that the client's own helper verifies. */
final class Receiver implements AutoCloseable {
    static final Set<String> EXPECTED =
        Set.of("payment.succeeded", "refund.succeeded", "subscription.renewed", "license_key.created");

    private final DodoPaymentsClient client;
    private final HttpServer server;
    private final Set<String> received = ConcurrentHashMap.newKeySet();
    private volatile String secret;

    Receiver(DodoPaymentsClient client) throws IOException {
        this.client = client;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/webhook", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/webhook";
    }

    void setSecret(String secret) {
        this.secret = secret;
    }

    Set<String> received() {
        return received;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Headers headers = Headers.builder().putAll(exchange.getRequestHeaders()).build();
        int status = 200;
        try {
            // Without headers, unwrap() does not verify.
            note(client.webhooks().unwrap(UnwrapWebhookParams.builder().body(body).headers(headers).secret(secret).build()));
        } catch (DodoPaymentsWebhookException forged) {
            status = 401;
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private void note(UnwrapWebhookEvent event) {
        if (event.isPaymentSucceeded()) received.add("payment.succeeded");
        if (event.isRefundSucceeded()) received.add("refund.succeeded");
        if (event.isSubscriptionRenewed()) received.add("subscription.renewed");
        if (event.isLicenseKeyCreated()) received.add("license_key.created");
    }
}
