use bip39::Mnemonic;
use ed25519_dalek::SigningKey;
use zeroize::Zeroizing;

/// An account; its secrets neither print nor serialise.
pub struct Account {
    pub name: String,
    phrase: Zeroizing<String>,
    signer: SigningKey,
}

impl Account {
    pub fn phrase(&self) -> &str {
        &self.phrase
    }

    pub fn public_key(&self) -> [u8; 32] {
        self.signer.verifying_key().to_bytes()
    }
}

pub fn create() -> Account {
    let mnemonic = Mnemonic::generate(24).expect("24 words are a valid count");
    let seed = Zeroizing::new(mnemonic.to_seed(""));
    let mut secret = Zeroizing::new([0u8; 32]);
    secret.copy_from_slice(&seed[..32]);
    Account { name: "main".into(), phrase: Zeroizing::new(mnemonic.to_string()), signer: SigningKey::from_bytes(&secret) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_differ() {
        assert_ne!(create().public_key(), create().public_key());
    }
}
