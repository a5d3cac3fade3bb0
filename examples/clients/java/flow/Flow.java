// A shop's whole life with the published client: payments, refunds, checkouts, subscriptions, licences, webhooks.
//
// Expects DODO_PAYMENTS_BASE_URL and DODO_PAYMENTS_API_KEY, which fromEnv() reads. Prints a line for each step.
package shop;

import com.dodopayments.api.client.DodoPaymentsClient;
import com.dodopayments.api.client.okhttp.DodoPaymentsOkHttpClient;
import com.dodopayments.api.core.JsonValue;
import com.dodopayments.api.errors.UnprocessableEntityException;
import com.dodopayments.api.models.checkoutsessions.CheckoutSessionBillingAddress;
import com.dodopayments.api.models.checkoutsessions.CheckoutSessionRequest;
import com.dodopayments.api.models.checkoutsessions.CheckoutSessionResponse;
import com.dodopayments.api.models.checkoutsessions.ProductItemReq;
import com.dodopayments.api.models.licensekeys.LicenseKey;
import com.dodopayments.api.models.licensekeys.LicenseKeyListParams;
import com.dodopayments.api.models.licenses.LicenseActivateParams;
import com.dodopayments.api.models.licenses.LicenseDeactivateParams;
import com.dodopayments.api.models.licenses.LicenseValidateParams;
import com.dodopayments.api.models.misc.CountryCode;
import com.dodopayments.api.models.payments.AttachExistingCustomer;
import com.dodopayments.api.models.payments.BillingAddress;
import com.dodopayments.api.models.payments.IntentStatus;
import com.dodopayments.api.models.payments.Payment;
import com.dodopayments.api.models.payments.PaymentCreateParams;
import com.dodopayments.api.models.payments.PaymentCreateResponse;
import com.dodopayments.api.models.payments.PaymentListParams;
import com.dodopayments.api.models.payments.PaymentListResponse;
import com.dodopayments.api.models.payments.PaymentRetrieveLineItemsResponse;
import com.dodopayments.api.models.refunds.Refund;
import com.dodopayments.api.models.refunds.RefundCreateParams;
import com.dodopayments.api.models.refunds.RefundStatus;
import com.dodopayments.api.models.subscriptions.SubscriptionCreateParams;
import com.dodopayments.api.models.subscriptions.SubscriptionCreateResponse;
import com.dodopayments.api.models.subscriptions.SubscriptionStatus;
import com.dodopayments.api.models.webhooks.WebhookCreateParams;
import com.dodopayments.api.models.webhooks.WebhookDetails;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

public final class Flow {
    private static final long DAY_MS = 86_400_000;
    private static final String CARD = "{\"card\":\"4242424242424242\"}";
    private static final AttachExistingCustomer ADA = AttachExistingCustomer.builder().customerId("cus_ada").build();
    private static final BillingAddress US = BillingAddress.builder().country(CountryCode.US).build();

    // Replies that do not have the declared types raise an exception.
    private final DodoPaymentsClient client = DodoPaymentsOkHttpClient.builder().fromEnv().responseValidation(true).build();
    private final HttpClient http = HttpClient.newHttpClient();

    public static void main(String[] args) throws Exception {
        new Flow().run();
    }

    private void run() throws Exception {
        try (Receiver receiver = new Receiver(client)) {
            WebhookDetails endpoint = client.webhooks().create(WebhookCreateParams.builder().url(receiver.url()).build());
            receiver.setSecret(client.webhooks().retrieveSecret(endpoint.id()).secret());
            payments();
            checkout();
            subscription();
            licence();
            refusal();
            webhooks(receiver);
            client.webhooks().delete(endpoint.id());
        }
    }

    private void payments() throws Exception {
        PaymentCreateResponse created = client.payments().create(payment("pdt_ebook", 2)
            .metadata(PaymentCreateParams.Metadata.builder().putAdditionalProperty("order", JsonValue.from("17")).build())
            .paymentLink(true)
            // This version of the client does not have the field.
            .putAdditionalBodyProperty("discount_codes", JsonValue.from(List.of("SAVE10")))
            .build());
        check(created.paymentLink().isPresent() && created.totalAmount() == 2 * 1999 * 9 / 10, "the payment has a link and a total", created);
        check(JsonValue.from("17").equals(created.metadata()._additionalProperties().get("order")), "the metadata", created.metadata());
        done("create");

        for (int i = 0; i < 3; i++) {
            client.payments().create(payment("pdt_ebook", 1).build());
        }
        // Page numbers begin at 0. Without a number, the client continues with page 2.
        Set<String> listed = new HashSet<>();
        PaymentListParams fromTheStart = PaymentListParams.builder().pageSize(2).pageNumber(0).build();
        for (PaymentListResponse payment : client.payments().list(fromTheStart).autoPager()) {
            listed.add(payment.paymentId());
        }
        check(listed.contains(created.paymentId()) && listed.size() >= 4, "every payment is listed", listed);
        done("list");

        control("POST", "/_emulator/payments/" + created.paymentId() + "/pay", CARD);
        done("pay");
        Payment payment = client.payments().retrieve(created.paymentId());
        check(payment.status().equals(Optional.of(IntentStatus.SUCCEEDED)), "the payment succeeded", payment);
        check(payment.cardLastFour().equals(Optional.of("4242")), "the card", payment);
        done("read");
        PaymentRetrieveLineItemsResponse lines = client.payments().retrieveLineItems(created.paymentId());
        check(lines.items().size() == 1 && lines.items().get(0).itemsId().equals("pdt_ebook"), "the line items", lines);
        done("line items");

        Refund refund = client.refunds().create(RefundCreateParams.builder()
            .paymentId(created.paymentId())
            .addItem(RefundCreateParams.Item.builder().itemId("pdt_ebook").amount(500).build())
            .build());
        check(refund.isPartial(), "the refund is partial", refund);
        control("POST", "/_emulator/clock", "{\"advance_ms\":" + DAY_MS + "}"); // a refund settles later
        Refund settled = client.refunds().retrieve(refund.refundId());
        check(settled.status().equals(RefundStatus.SUCCEEDED), "the refund succeeded", settled);
        done("refund");
    }

    private void checkout() throws Exception {
        CheckoutSessionResponse session = client.checkoutSessions().create(CheckoutSessionRequest.builder()
            .addProductCart(ProductItemReq.builder().productId("pdt_ebook").quantity(1).build())
            .billingAddress(CheckoutSessionBillingAddress.builder()
                .country(CountryCode.DE)
                .city("Berlin")
                .street("Ring 1")
                .zipcode("10117")
                .build())
            .customer(ADA)
            .build());
        check(session._checkoutUrl().asString().isPresent(), "the session has a link", session);
        control("POST", "/_emulator/checkouts/" + session.sessionId() + "/pay", CARD);
        Optional<IntentStatus> status = client.checkoutSessions().retrieve(session.sessionId()).paymentStatus();
        check(status.equals(Optional.of(IntentStatus.SUCCEEDED)), "the session is paid", status);
        done("checkout");
    }

    private void subscription() throws Exception {
        SubscriptionCreateResponse created = client.subscriptions().create(SubscriptionCreateParams.builder()
            .billing(US)
            .customer(ADA)
            .productId("pdt_pro_monthly")
            .quantity(1)
            .paymentLink(true)
            .build());
        control("POST", "/_emulator/payments/" + created.paymentId() + "/pay", CARD);
        for (int i = 0; i < 3; i++) {
            control("POST", "/_emulator/clock",
                "{\"until\":{\"subscription_id\":\"" + created.subscriptionId() + "\",\"event\":\"renewed\"}}");
        }
        SubscriptionStatus status = client.subscriptions().retrieve(created.subscriptionId()).status();
        check(status.equals(SubscriptionStatus.ACTIVE), "the subscription is active", status);
        List<PaymentListResponse> paid = client.payments()
            .list(PaymentListParams.builder().subscriptionId(created.subscriptionId()).build())
            .items();
        check(paid.size() == 4, "the first payment and three renewals", paid);
        for (PaymentListResponse payment : paid) {
            check(payment.status().equals(Optional.of(IntentStatus.SUCCEEDED)), "each payment succeeded", payment);
        }
        done("subscription");
    }

    private void licence() throws Exception {
        PaymentCreateResponse created = client.payments().create(payment("pdt_license", 1).paymentLink(true).build());
        control("POST", "/_emulator/payments/" + created.paymentId() + "/pay", CARD);
        control("GET", "/_emulator/idle", null);
        List<LicenseKey> keys = client.licenseKeys().list(LicenseKeyListParams.builder().customerId("cus_ada").build()).items();
        check(keys.size() == 1, "one key", keys);
        String key = keys.get(0).key();
        String instance = client.licenses().activate(LicenseActivateParams.builder().licenseKey(key).name("laptop").build()).id();
        check(isValid(LicenseValidateParams.builder().licenseKey(key).licenseKeyInstanceId(instance)), "the key is valid", key);
        client.licenses().deactivate(LicenseDeactivateParams.builder().licenseKey(key).licenseKeyInstanceId(instance).build());
        check(!isValid(LicenseValidateParams.builder().licenseKey("unknown")), "an unknown key is not valid", key);
        done("licence");
    }

    private boolean isValid(LicenseValidateParams.Builder licence) {
        return client.licenses().validate(licence.build()).valid();
    }

    private void refusal() {
        try {
            client.payments().create(payment("pdt_none", 1).build());
        } catch (UnprocessableEntityException refused) {
            // The message is the status and the body: 422: {"code":"…","message":"…"}
            check(refused.statusCode() == 422 && refused.body().asObject().isPresent(), "the body is JSON", refused);
            System.out.println("   " + refused.getMessage());
            done("refusal");
            return;
        }
        throw new AssertionError("an unknown product was accepted");
    }

    private void webhooks(Receiver receiver) throws Exception {
        control("GET", "/_emulator/idle", null);
        Set<String> missing = new HashSet<>(Receiver.EXPECTED);
        missing.removeAll(receiver.received());
        check(missing.isEmpty(), "every event was received", missing);
        HttpRequest forged = HttpRequest.newBuilder(URI.create(receiver.url())).POST(HttpRequest.BodyPublishers.ofString("{}")).build();
        int status = http.send(forged, HttpResponse.BodyHandlers.discarding()).statusCode();
        check(status == 401, "a forged delivery is refused", status);
        done("webhook");
    }

    private static PaymentCreateParams.Builder payment(String product, int quantity) {
        return PaymentCreateParams.builder()
            .billing(US)
            .customer(ADA)
            .addProductCart(PaymentCreateParams.ProductCart.builder().productId(product).quantity(quantity).build());
    }

    /** Calls the emulator's control API: what the customer and the clock do. */
    private void control(String method, String path, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(System.getenv("DODO_PAYMENTS_BASE_URL") + path));
        if (body == null) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("content-type", "application/json").method(method, HttpRequest.BodyPublishers.ofString(body));
        }
        HttpResponse<String> reply = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        check(reply.statusCode() == 200, method + " " + path, reply.body());
    }

    private static void done(String step) {
        System.out.println("ok " + step);
    }

    private static void check(boolean holds, String expected, Object found) {
        if (!holds) throw new AssertionError("not ok: " + expected + ": " + found);
    }
}
