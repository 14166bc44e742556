use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use aes_gcm::aead::{Aead, AeadCore, KeyInit, OsRng};
use aes_gcm::Aes256Gcm;
use argon2::{Algorithm, Argon2, Params, Version};
use rand::TryRngCore;
use zeroize::Zeroizing;

const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;

pub fn store(path: &str, secret: &[u8], password: &str) -> std::io::Result<()> {
    let mut salt = [0u8; 16];
    rand::rngs::OsRng.try_fill_bytes(&mut salt).map_err(std::io::Error::other)?;
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(32)).map_err(std::io::Error::other)?;
    let mut key = Zeroizing::new([0u8; 32]);
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    hasher.hash_password_into(password.as_bytes(), &salt, key.as_mut()).map_err(std::io::Error::other)?;
    let cipher = Aes256Gcm::new_from_slice(key.as_ref()).map_err(std::io::Error::other)?;
    let nonce = Aes256Gcm::generate_nonce(&mut OsRng);
    let sealed = cipher.encrypt(&nonce, secret).map_err(|_| std::io::Error::other("sealing failed"))?;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(&salt)?;
    file.write_all(&nonce)?;
    file.write_all(&sealed)
}
