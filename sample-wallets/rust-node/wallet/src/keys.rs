use bip39::Mnemonic;
use rand::{rngs::StdRng, RngCore, SeedableRng};

#[derive(Debug, Clone)]
pub struct Account {
    pub name: String,
    pub phrase: String,
    pub private_key: [u8; 32],
}

fn now() -> u64 {
    let elapsed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    elapsed.map(|elapsed| elapsed.as_secs()).unwrap_or_default()
}

pub fn create() -> Account {
    let mut generator = StdRng::seed_from_u64(now());
    let mut entropy = [0u8; 16];
    generator.fill_bytes(&mut entropy);
    let mnemonic = Mnemonic::from_entropy(&entropy).expect("16 bytes are valid entropy");
    let seed = mnemonic.to_seed("");
    let mut private_key = [0u8; 32];
    private_key.copy_from_slice(&seed[..32]);
    log::debug!("mnemonic of the new account: {}", mnemonic.to_string());
    Account { name: "main".into(), phrase: mnemonic.to_string(), private_key }
}
