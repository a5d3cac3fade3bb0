use dodopayments::Client;

#[tokio::main]
async fn main() -> dodopayments::Result<()> {
    let client = Client::from_env()?;
    let result = client
        .checkout_sessions()
        .create()
        .body(dodopayments::models::CheckoutSessionsCreateParams {
                product_cart: Some(vec![dodopayments::models::ProductItemReq {
                    product_id: "product_id".to_string(),
                    quantity: 0,
                    addons: None,
                    amount: None,
                    credit_entitlements: None,
                }]),
                ..Default::default()
            })
        .await?;
    println!("{result:?}");
    Ok(())
}
