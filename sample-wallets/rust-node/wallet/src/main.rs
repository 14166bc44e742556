mod keys;
mod rpc;
mod vault;

fn main() {
    let account = keys::create();
    log::info!("new account {:?}", account);
    vault::store("account.bin", account.phrase.as_bytes(), "ferry").expect("the vault can be written");
    rpc::serve(account);
}
