package com.dodopayments.api.example;

import com.dodopayments.api.client.DodoPaymentsClient;
import com.dodopayments.api.client.okhttp.DodoPaymentsOkHttpClient;
import com.dodopayments.api.models.misc.CountryCode;
import com.dodopayments.api.models.payments.AttachExistingCustomer;
import com.dodopayments.api.models.payments.BillingAddress;
import com.dodopayments.api.models.payments.PaymentCreateParams;
import com.dodopayments.api.models.payments.PaymentCreateResponse;

public final class Main {
    private Main() {}

    public static void main(String[] args) {
        DodoPaymentsClient client = DodoPaymentsOkHttpClient.fromEnv();

        PaymentCreateParams params = PaymentCreateParams.builder()
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
            .build();
        PaymentCreateResponse payment = client.payments().create(params);
    }
}
