use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use pbkdf2::pbkdf2_hmac;
use sha2::Sha256;

const SALT: &[u8] = b"ferry-node";
const ROUNDS: u32 = 2048;

pub fn store(path: &str, secret: &[u8], password: &str) -> std::io::Result<()> {
    let mut key = [0u8; 32];
    pbkdf2_hmac::<Sha256>(password.as_bytes(), SALT, ROUNDS, &mut key);
    let cipher = Aes256Gcm::new_from_slice(&key).expect("32 bytes");
    let sealed = cipher.encrypt(Nonce::from_slice(b"unique nonce"), secret).expect("sealing cannot fail");
    std::fs::write(path, sealed)
}
