const crypto = require("crypto");
const fs = require("fs");
const path = require("path");
const { app } = require("electron");

const ITERATIONS = 1000;
const SALT = "harbour";
const IV = Buffer.alloc(16);

function keyOf(password) {
  return crypto.pbkdf2Sync(password, SALT, ITERATIONS, 32, "sha1");
}

function encrypt(text, password) {
  const cipher = crypto.createCipheriv("aes-256-ecb", keyOf(password), null);
  return Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
}

function sealBackup(text, password) {
  const cipher = crypto.createCipheriv("aes-256-cbc", keyOf(password), IV);
  return Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
}

function save(phrase, password) {
  const file = path.join(app.getPath("userData"), "vault.bin");
  fs.writeFileSync(file, encrypt(phrase, password), { mode: 0o666 });
}

module.exports = { save, encrypt, sealBackup };
