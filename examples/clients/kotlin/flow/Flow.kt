// A shop's whole life with the published client: payments, refunds, checkouts, subscriptions, licences, webhooks.
//
// Expects DODO_PAYMENTS_BASE_URL and DODO_PAYMENTS_API_KEY, which fromEnv() reads. Prints a line for each step.
package shop

import com.dodopayments.api.client.DodoPaymentsClient
import com.dodopayments.api.client.okhttp.DodoPaymentsOkHttpClient
import com.dodopayments.api.core.JsonValue
import com.dodopayments.api.errors.UnprocessableEntityException
import com.dodopayments.api.models.checkoutsessions.CheckoutSessionBillingAddress
import com.dodopayments.api.models.checkoutsessions.CheckoutSessionRequest
import com.dodopayments.api.models.checkoutsessions.ProductItemReq
import com.dodopayments.api.models.licensekeys.LicenseKeyListParams
import com.dodopayments.api.models.licenses.LicenseActivateParams
import com.dodopayments.api.models.licenses.LicenseDeactivateParams
import com.dodopayments.api.models.licenses.LicenseValidateParams
import com.dodopayments.api.models.misc.CountryCode
import com.dodopayments.api.models.payments.AttachExistingCustomer
import com.dodopayments.api.models.payments.BillingAddress
import com.dodopayments.api.models.payments.IntentStatus
import com.dodopayments.api.models.payments.PaymentCreateParams
import com.dodopayments.api.models.payments.PaymentListParams
import com.dodopayments.api.models.refunds.RefundCreateParams
import com.dodopayments.api.models.refunds.RefundStatus
import com.dodopayments.api.models.subscriptions.SubscriptionCreateParams
import com.dodopayments.api.models.subscriptions.SubscriptionStatus
import com.dodopayments.api.models.webhooks.WebhookCreateParams
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse

private const val DAY_MS = 86_400_000
private const val CARD = """{"card":"4242424242424242"}"""

private val ada = AttachExistingCustomer.builder().customerId("cus_ada").build()
private val us = BillingAddress.builder().country(CountryCode.US).build()

// Replies that do not have the declared types raise an exception.
private val client: DodoPaymentsClient = DodoPaymentsOkHttpClient.builder().fromEnv().responseValidation(true).build()
private val http: HttpClient = HttpClient.newHttpClient()

fun main() {
    Receiver(client).use { receiver ->
        val endpoint = client.webhooks().create(WebhookCreateParams.builder().url(receiver.url).build())
        receiver.secret = client.webhooks().retrieveSecret(endpoint.id()).secret()
        payments()
        checkout()
        subscription()
        licence()
        refusal()
        webhooks(receiver)
        client.webhooks().delete(endpoint.id())
    }
}

private fun payments() {
    val created = client.payments().create(
        payment("pdt_ebook", 2)
            .metadata(PaymentCreateParams.Metadata.builder().putAdditionalProperty("order", JsonValue.from("17")).build())
            .paymentLink(true)
            // This version of the client does not have the field.
            .putAdditionalBodyProperty("discount_codes", JsonValue.from(listOf("SAVE10")))
            .build()
    )
    expect(!created.paymentLink().isNullOrEmpty() && created.totalAmount() == 2 * 1999 * 9 / 10) { "a link and a total: $created" }
    expect(created.metadata()._additionalProperties()["order"] == JsonValue.from("17")) { "the metadata: $created" }
    done("create")

    repeat(3) { client.payments().create(payment("pdt_ebook", 1).build()) }
    // Page numbers begin at 0. Without a number, the client continues with page 2.
    val fromTheStart = PaymentListParams.builder().pageSize(2).pageNumber(0).build()
    val listed = client.payments().list(fromTheStart).autoPager().map { it.paymentId() }.toSet()
    expect(created.paymentId() in listed && listed.size >= 4) { "every payment is listed: $listed" }
    done("list")

    control("POST", "/_emulator/payments/${created.paymentId()}/pay", CARD)
    done("pay")
    val payment = client.payments().retrieve(created.paymentId())
    expect(payment.status() == IntentStatus.SUCCEEDED && payment.cardLastFour() == "4242") { "the payment succeeded: $payment" }
    done("read")
    val lines = client.payments().retrieveLineItems(created.paymentId()).items()
    expect(lines.map { it.itemsId() } == listOf("pdt_ebook")) { "the line items: $lines" }
    done("line items")

    val refund = client.refunds().create(
        RefundCreateParams.builder()
            .paymentId(created.paymentId())
            .addItem(RefundCreateParams.Item.builder().itemId("pdt_ebook").amount(500).build())
            .build()
    )
    expect(refund.isPartial()) { "the refund is partial: $refund" }
    control("POST", "/_emulator/clock", """{"advance_ms":$DAY_MS}""") // a refund settles later
    val settled = client.refunds().retrieve(refund.refundId())
    expect(settled.status() == RefundStatus.SUCCEEDED) { "the refund succeeded: $settled" }
    done("refund")
}

private fun checkout() {
    val session = client.checkoutSessions().create(
        CheckoutSessionRequest.builder()
            .addProductCart(ProductItemReq.builder().productId("pdt_ebook").quantity(1).build())
            .billingAddress(
                CheckoutSessionBillingAddress.builder()
                    .country(CountryCode.DE)
                    .city("Berlin")
                    .street("Ring 1")
                    .zipcode("10117")
                    .build()
            )
            .customer(ada)
            .build()
    )
    expect(!session.checkoutUrl().isNullOrEmpty()) { "the session has a link: $session" }
    control("POST", "/_emulator/checkouts/${session.sessionId()}/pay", CARD)
    val status = client.checkoutSessions().retrieve(session.sessionId()).paymentStatus()
    expect(status == IntentStatus.SUCCEEDED) { "the session is paid: $status" }
    done("checkout")
}

private fun subscription() {
    val created = client.subscriptions().create(
        SubscriptionCreateParams.builder()
            .billing(us)
            .customer(ada)
            .productId("pdt_pro_monthly")
            .quantity(1)
            .paymentLink(true)
            .build()
    )
    control("POST", "/_emulator/payments/${created.paymentId()}/pay", CARD)
    repeat(3) {
        control("POST", "/_emulator/clock", """{"until":{"subscription_id":"${created.subscriptionId()}","event":"renewed"}}""")
    }
    val status = client.subscriptions().retrieve(created.subscriptionId()).status()
    expect(status == SubscriptionStatus.ACTIVE) { "the subscription is active: $status" }
    val paid = client.payments().list(PaymentListParams.builder().subscriptionId(created.subscriptionId()).build()).items()
    expect(paid.map { it.status() } == List(4) { IntentStatus.SUCCEEDED }) { "the first payment and three renewals: $paid" }
    done("subscription")
}

private fun licence() {
    val created = client.payments().create(payment("pdt_license", 1).paymentLink(true).build())
    control("POST", "/_emulator/payments/${created.paymentId()}/pay", CARD)
    control("GET", "/_emulator/idle", null)
    val key = client.licenseKeys().list(LicenseKeyListParams.builder().customerId("cus_ada").build()).items().single().key()
    val instance = client.licenses().activate(LicenseActivateParams.builder().licenseKey(key).name("laptop").build()).id()
    expect(isValid(LicenseValidateParams.builder().licenseKey(key).licenseKeyInstanceId(instance))) { "the key is valid" }
    client.licenses().deactivate(LicenseDeactivateParams.builder().licenseKey(key).licenseKeyInstanceId(instance).build())
    expect(!isValid(LicenseValidateParams.builder().licenseKey("unknown"))) { "an unknown key is not valid" }
    done("licence")
}

private fun isValid(licence: LicenseValidateParams.Builder): Boolean = client.licenses().validate(licence.build()).valid()

private fun refusal() {
    try {
        client.payments().create(payment("pdt_none", 1).build())
    } catch (refused: UnprocessableEntityException) {
        // The message is the status and the body: 422: {"code":"…","message":"…"}
        expect(refused.statusCode() == 422 && refused.body().asObject() != null) { "the body is JSON: $refused" }
        println("   ${refused.message}")
        done("refusal")
        return
    }
    error("an unknown product was accepted")
}

private fun webhooks(receiver: Receiver) {
    control("GET", "/_emulator/idle", null)
    val missing = Receiver.EXPECTED - receiver.received
    expect(missing.isEmpty()) { "every event was received, except $missing" }
    val forged = HttpRequest.newBuilder(URI(receiver.url)).POST(HttpRequest.BodyPublishers.ofString("{}")).build()
    val status = http.send(forged, HttpResponse.BodyHandlers.discarding()).statusCode()
    expect(status == 401) { "a forged delivery is refused, not answered with $status" }
    done("webhook")
}

private fun payment(product: String, quantity: Int): PaymentCreateParams.Builder =
    PaymentCreateParams.builder()
        .billing(us)
        .customer(ada)
        .addProductCart(PaymentCreateParams.ProductCart.builder().productId(product).quantity(quantity).build())

/** Calls the emulator's control API: what the customer and the clock do. */
private fun control(method: String, path: String, body: String?) {
    val request = HttpRequest.newBuilder(URI(System.getenv("DODO_PAYMENTS_BASE_URL") + path))
    if (body == null) request.method(method, HttpRequest.BodyPublishers.noBody())
    else request.header("content-type", "application/json").method(method, HttpRequest.BodyPublishers.ofString(body))
    val reply = http.send(request.build(), HttpResponse.BodyHandlers.ofString())
    expect(reply.statusCode() == 200) { "$method $path: ${reply.body()}" }
}

private fun done(step: String) = println("ok $step")

private fun expect(holds: Boolean, expected: () -> String) = check(holds) { "not ok: ${expected()}" }
