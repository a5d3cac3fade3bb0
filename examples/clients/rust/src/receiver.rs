//! A webhook endpoint on a free port. The client has no helper for webhooks, so it accepts what `standardwebhooks` verifies.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use standardwebhooks::Webhook;

pub struct Receiver {
    pub url: String,
    pub types: Arc<Mutex<Vec<String>>>,
    key: Arc<Mutex<String>>,
}

impl Receiver {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/webhook", listener.local_addr().expect("an address"));
        let receiver = Receiver { url, types: Arc::default(), key: Arc::default() };
        let (types, key) = (receiver.types.clone(), receiver.key.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &key.lock().expect("the key"), &types).ok();
            }
        });
        receiver
    }

    pub fn set_key(&self, key: &str) {
        *self.key.lock().expect("the key") = key.to_string();
    }
}

fn answer(stream: TcpStream, key: &str, types: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(&stream);
    let mut headers = HeaderMap::new();
    let mut line = String::new();
    reader.read_line(&mut line)?;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value.trim())) {
            headers.insert(name, value);
        }
    }
    let length = headers.get("content-length").and_then(|text| text.to_str().ok()?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let verified = Webhook::new(key).is_ok_and(|webhook| webhook.verify(&body, &headers).is_ok());
    if verified {
        let event: Value = serde_json::from_slice(&body)?;
        types.lock().expect("the types").push(event["type"].as_str().unwrap_or_default().to_string());
    }
    let status = if verified { "200 OK" } else { "401 Unauthorized" };
    write!(&stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}
