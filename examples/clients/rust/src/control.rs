//! Calls the emulator's control API: what the customer and the clock do.

use dodopayments::Client;
use serde_json::{json, Value};

pub async fn pay(client: &Client, path: &str) {
    post(client, &format!("/_emulator/{path}/pay"), json!({ "card": "4242424242424242" })).await;
}

pub async fn move_clock(client: &Client, change: Value) {
    post(client, "/_emulator/clock", change).await;
}

pub async fn idle(client: &Client) {
    let reply = client.request(reqwest::Method::GET, "/_emulator/idle").send().await.expect("the emulator answers");
    assert!(reply.status().is_success(), "idle: {}", reply.status());
}

async fn post(client: &Client, path: &str, body: Value) {
    let reply = client.request(reqwest::Method::POST, path).json(&body).send().await.expect("the emulator answers");
    let status = reply.status();
    assert!(status.is_success(), "{path}: {status} {}", reply.text().await.unwrap_or_default());
}
