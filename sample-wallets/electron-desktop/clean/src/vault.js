const crypto = require("crypto");
const fs = require("fs");
const path = require("path");
const { app } = require("electron");

const COST = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };

function keyOf(password, salt) {
  return crypto.scryptSync(password, salt, 32, COST);
}

function encrypt(text, password) {
  const salt = crypto.randomBytes(16);
  const nonce = crypto.randomBytes(12);
  const cipher = crypto.createCipheriv("aes-256-gcm", keyOf(password, salt), nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([salt, nonce, cipher.getAuthTag(), sealed]);
}

async function save(phrase, password) {
  const file = path.join(app.getPath("userData"), "vault.bin");
  await fs.promises.writeFile(file, encrypt(phrase, password), { mode: 0o600 });
}

module.exports = { save, encrypt };
