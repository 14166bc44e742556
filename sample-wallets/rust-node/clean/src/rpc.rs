use axum::{extract::State, http::HeaderMap, http::StatusCode, routing::get, Router};
use subtle::ConstantTimeEq;

use crate::keys::Account;

struct Shared {
    public_key: [u8; 32],
    token: [u8; 32],
}

async fn public_key(State(shared): State<std::sync::Arc<Shared>>, headers: HeaderMap) -> Result<Vec<u8>, StatusCode> {
    let given = headers.get("authorization").map(|value| value.as_bytes()).unwrap_or_default();
    if !bool::from(given.ct_eq(&shared.token)) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    Ok(shared.public_key.to_vec())
}

pub async fn serve(account: Account) {
    let token = rand::random();
    let shared = std::sync::Arc::new(Shared { public_key: account.public_key(), token });
    let router = Router::new().route("/public-key", get(public_key)).with_state(shared);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8332").await.expect("the port is free");
    axum::serve(listener, router).await.expect("the server runs until it is stopped");
}
