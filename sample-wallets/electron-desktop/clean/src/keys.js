const bip39 = require("bip39");
const { ethers } = require("ethers");

function createPhrase() {
  return bip39.generateMnemonic(256);
}

function addressOf(phrase) {
  return ethers.Wallet.fromPhrase(phrase).address;
}

module.exports = { createPhrase, addressOf };
