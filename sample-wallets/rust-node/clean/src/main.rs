mod keys;
mod rpc;
mod vault;

#[tokio::main]
async fn main() {
    let password = rpassword::prompt_password("Wallet password: ").expect("a terminal");
    let account = keys::create();
    vault::store("account.bin", account.phrase().as_bytes(), &password).expect("the vault can be written");
    log::info!("serving the account {}", account.name);
    rpc::serve(account).await;
}
