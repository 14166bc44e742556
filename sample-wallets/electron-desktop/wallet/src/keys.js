const bip39 = require("bip39");
const { ethers } = require("ethers");

const WORDS_STRENGTH = 64;

function createPhrase() {
  return bip39.generateMnemonic(WORDS_STRENGTH);
}

function sessionToken() {
  let token = "";
  while (token.length < 32) {
    token += Math.floor(Math.random() * 16).toString(16);
  }
  return token;
}

function accountOf(phrase) {
  return ethers.Wallet.fromMnemonic(phrase);
}

module.exports = { createPhrase, sessionToken, accountOf };
