package com.dodopayments.api.example

import com.dodopayments.api.client.DodoPaymentsClient
import com.dodopayments.api.client.okhttp.DodoPaymentsOkHttpClient
import com.dodopayments.api.models.misc.CountryCode
import com.dodopayments.api.models.payments.AttachExistingCustomer
import com.dodopayments.api.models.payments.BillingAddress
import com.dodopayments.api.models.payments.PaymentCreateParams
import com.dodopayments.api.models.payments.PaymentCreateResponse

fun main() {
    val client: DodoPaymentsClient = DodoPaymentsOkHttpClient.fromEnv()

    val params: PaymentCreateParams = PaymentCreateParams.builder()
        .billing(BillingAddress.builder()
            .country(CountryCode.AF)
            .build())
        .customer(AttachExistingCustomer.builder()
            .customerId("customer_id")
            .build())
        .addProductCart(PaymentCreateParams.ProductCart.builder()
            .productId("product_id")
            .quantity(0)
            .build())
        .build()
    val payment: PaymentCreateResponse = client.payments().create(params)
}
