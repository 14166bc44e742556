import { expect, test } from "vitest";
import { address, lock } from "../src/keyring";

test("a locked keyring has no address", () => {
  lock();
  expect(address()).toBeUndefined();
});
