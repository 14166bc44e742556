const assert = require("node:assert");
const test = require("node:test");
const { encrypt } = require("../src/vault");
const { createPhrase, addressOf } = require("../src/keys");

test("two seals of one phrase differ", () => {
  const phrase = createPhrase();
  assert.notDeepStrictEqual(encrypt(phrase, "long enough a password"), encrypt(phrase, "long enough a password"));
  assert.ok(addressOf(phrase).startsWith("0x"));
});
