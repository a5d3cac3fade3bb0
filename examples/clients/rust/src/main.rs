//! A shop's whole life with the published client: payments, refunds, checkouts, subscriptions, licences, webhooks.
//!
//! Expects DODO_PAYMENTS_BASE_URL and DODO_PAYMENTS_API_KEY, which the client reads itself. Prints a line for each step.

mod control;
mod receiver;

use std::collections::HashMap;

use dodopayments::models::*;
use dodopayments::{Client, Error};
use futures::TryStreamExt;
use receiver::Receiver;
use serde_json::json;

const DAY_MS: i64 = 86_400_000;

type Outcome = dodopayments::Result<()>;

#[tokio::main]
async fn main() -> Outcome {
    let client = Client::from_env()?;
    let receiver = Receiver::start();
    let body = WebhooksCreateParams { url: Some(receiver.url.clone()), ..Default::default() };
    let endpoint = client.webhooks().create().body(body).await?;
    receiver.set_key(&client.webhooks().retrieve_secret().webhook_id(&endpoint.id).await?.secret);
    payments(&client).await?;
    checkout(&client).await?;
    subscription(&client).await?;
    licence(&client).await?;
    refusal(&client).await;
    webhooks(&client, &receiver).await;
    client.webhooks().delete().webhook_id(&endpoint.id).await
}

async fn payments(client: &Client) -> Outcome {
    let created = client
        .payments()
        .create()
        .body(PaymentsCreateParams {
            discount_codes: Some(vec!["SAVE10".to_string()]),
            metadata: Some(Box::new(HashMap::from([("order".to_string(), json!("17"))]))),
            payment_link: Some(true),
            ..order("pdt_ebook", 2)
        })
        .await?;
    assert!(created.payment_link.is_some());
    assert_eq!(created.total_amount, 2 * 1999 * 9 / 10);
    assert_eq!(created.metadata["order"], json!("17"));
    done("create");

    for _ in 0..3 {
        client.payments().create().body(order("pdt_ebook", 1)).await?;
    }
    let page = client.payments().list().query(json!({ "page_size": 2 })).await?;
    let listed: Vec<PaymentListResponse> = page.into_stream().try_collect().await?;
    assert!(listed.len() >= 4 && listed.iter().any(|payment| payment.payment_id == created.payment_id));
    done("list");

    control::pay(client, &format!("payments/{}", created.payment_id)).await;
    done("pay");
    let payment = client.payments().retrieve().payment_id(&created.payment_id).await?;
    assert!(matches!(payment.status.as_deref(), Some(IntentStatus::Succeeded)));
    assert_eq!(payment.card_last_four.as_deref(), Some("4242"));
    done("read");
    let lines = client.payments().retrieve_line_items().payment_id(&created.payment_id).await?;
    assert_eq!(lines.items[0]["items_id"], json!("pdt_ebook"));
    done("line items");

    let item = RefundsCreateParamsItemsItem { item_id: Some("pdt_ebook".to_string()), amount: Some(500), tax_inclusive: None };
    let refund = client
        .refunds()
        .create()
        .body(RefundsCreateParams {
            payment_id: Some(created.payment_id.clone()),
            items: Some(vec![item]),
            ..Default::default()
        })
        .await?;
    assert!(client.refunds().retrieve().refund_id(&refund.refund_id).await?.is_partial);
    control::move_clock(client, json!({ "advance_ms": DAY_MS })).await; // a refund settles later
    let refunded = client.payments().retrieve().payment_id(&created.payment_id).await?;
    assert!(matches!(refunded.refund_status.as_deref(), Some(PaymentRefundStatus::Partial)));
    done("refund");
    Ok(())
}

async fn checkout(client: &Client) -> Outcome {
    let session = client
        .checkout_sessions()
        .create()
        .body(CheckoutSessionsCreateParams {
            product_cart: Some(vec![ProductItemReq {
                product_id: "pdt_ebook".to_string(),
                quantity: 1,
                addons: None,
                amount: None,
                credit_entitlements: None,
            }]),
            customer: Some(ada()),
            billing_address: Some(Box::new(CheckoutSessionBillingAddress {
                country: Box::new(CountryCode::De),
                city: Some("Berlin".to_string()),
                state: None,
                street: Some("Ring 1".to_string()),
                zipcode: Some("10117".to_string()),
            })),
            ..Default::default()
        })
        .await?;
    assert!(session.checkout_url.is_some());
    control::pay(client, &format!("checkouts/{}", session.session_id)).await;
    let paid = client.checkout_sessions().retrieve().id(&session.session_id).await?;
    assert!(matches!(paid.payment_status.as_deref(), Some(IntentStatus::Succeeded)));
    done("checkout");
    Ok(())
}

async fn subscription(client: &Client) -> Outcome {
    let created = client
        .subscriptions()
        .create()
        .body(SubscriptionsCreateParams {
            billing: Some(us()),
            customer: Some(ada()),
            product_id: Some("pdt_pro_monthly".to_string()),
            quantity: Some(1),
            payment_link: Some(true),
            ..Default::default()
        })
        .await?;
    let id = created.subscription_id;
    control::pay(client, &format!("payments/{}", created.payment_id)).await;
    for _ in 0..3 {
        control::move_clock(client, json!({ "until": { "subscription_id": id, "event": "renewed" } })).await;
    }
    let read = client.subscriptions().retrieve().subscription_id(&id).await?;
    assert!(matches!(*read.status, SubscriptionStatus::Active));
    let paid = client.payments().list().query(json!({ "subscription_id": id })).await?.items;
    assert_eq!(paid.len(), 4);
    assert!(paid.iter().all(|payment| matches!(payment.status.as_deref(), Some(IntentStatus::Succeeded))));
    done("subscription");
    Ok(())
}

async fn licence(client: &Client) -> Outcome {
    let body = PaymentsCreateParams { payment_link: Some(true), ..order("pdt_license", 1) };
    let created = client.payments().create().body(body).await?;
    control::pay(client, &format!("payments/{}", created.payment_id)).await;
    control::idle(client).await;
    let keys = client.license_keys().list().query(json!({ "customer_id": "cus_ada" })).await?.items;
    assert_eq!(keys.len(), 1);
    let key = Some(keys[0].key.clone());
    let name = Some("laptop".to_string());
    let instance = client.licenses().activate().body(LicensesActivateParams { license_key: key.clone(), name }).await?;
    let id = Some(instance.id);
    let body = LicensesValidateParams { license_key: key.clone(), license_key_instance_id: id.clone() };
    assert!(client.licenses().validate().body(body).await?.valid);
    client.licenses().deactivate().body(LicensesDeactivateParams { license_key: key, license_key_instance_id: id }).await?;
    let unknown = LicensesValidateParams { license_key: Some("unknown".to_string()), license_key_instance_id: None };
    assert!(!client.licenses().validate().body(unknown).await?.valid);
    done("licence");
    Ok(())
}

async fn refusal(client: &Client) {
    match client.payments().create().body(order("pdt_none", 1)).await {
        Err(Error::Api { status: 422, message }) => println!("   {message}"),
        other => panic!("an unknown product: {other:?}"),
    }
    done("refusal");
}

async fn webhooks(client: &Client, receiver: &Receiver) {
    control::idle(client).await;
    let received = receiver.types.lock().expect("the types").clone();
    for kind in ["payment.succeeded", "refund.succeeded", "subscription.renewed", "license_key.created"] {
        assert!(received.iter().any(|one| one == kind), "{kind} is not in {received:?}");
    }
    let forged = reqwest::Client::new().post(&receiver.url).body("{}").send().await.expect("a reply");
    assert_eq!(forged.status().as_u16(), 401);
    done("webhook");
}

fn order(product: &str, quantity: i64) -> PaymentsCreateParams {
    let item = OneTimeProductCartItem { product_id: product.to_string(), quantity, amount: None };
    PaymentsCreateParams {
        billing: Some(us()),
        customer: Some(ada()),
        product_cart: Some(vec![item]),
        ..Default::default()
    }
}

fn ada() -> Box<CustomerRequest> {
    let customer = AttachExistingCustomer { customer_id: "cus_ada".to_string() };
    Box::new(CustomerRequest::AttachExistingCustomer(Box::new(customer)))
}

fn us() -> Box<BillingAddress> {
    Box::new(BillingAddress { country: Box::new(CountryCode::Us), city: None, state: None, street: None, zipcode: None })
}

fn done(step: &str) {
    println!("ok {step}");
}
