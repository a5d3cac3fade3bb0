<?php

require_once dirname(__DIR__) . '/vendor/autoload.php';

$client = new Client(bearerToken: 'My Bearer Token', environment: 'test_mode');

$payment = $client->payments->create(
  billing: [
    'country' => CountryCode::AF,
    'city' => 'city',
    'state' => 'state',
    'street' => 'street',
    'zipcode' => 'zipcode',
  ],
  customer: ['customerID' => 'customer_id'],
  productCart: [['productID' => 'product_id', 'quantity' => 0, 'amount' => 0]],
  allowedPaymentMethodTypes: [PaymentMethodTypes::ACH],
  billingCurrency: Currency::AED,
  discountCode: 'discount_code',
  force3DS: true,
  metadata: ['foo' => 'string'],
  paymentLink: true,
  paymentMethodID: 'payment_method_id',
  redirectImmediately: true,
  returnURL: 'return_url',
  shortLink: true,
  showSavedPaymentMethods: true,
  taxID: 'tax_id',
);

var_dump($payment);
