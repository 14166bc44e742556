import { scryptAsync } from "@noble/hashes/scrypt";
import { generateMnemonic, validateMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english";
import { HDNodeWallet } from "ethers";

const COST = { N: 2 ** 17, r: 8, p: 1, dkLen: 32 };

let current: HDNodeWallet | undefined;

async function keyOf(password: string, salt: Uint8Array): Promise<CryptoKey> {
  const bytes = await scryptAsync(password.normalize("NFKC"), salt, COST);
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

export async function create(password: string): Promise<void> {
  const phrase = generateMnemonic(wordlist, 256);
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(password, salt), new TextEncoder().encode(phrase));
  await chrome.storage.local.set({ vault: { salt: [...salt], iv: [...iv], sealed: [...new Uint8Array(sealed)] } });
}

export async function unlock(password: string): Promise<boolean> {
  const { vault } = await chrome.storage.local.get("vault");
  const key = await keyOf(password, new Uint8Array(vault.salt));
  const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: new Uint8Array(vault.iv) }, key, new Uint8Array(vault.sealed));
  const phrase = new TextDecoder().decode(opened);
  if (!validateMnemonic(phrase, wordlist)) return false;
  current = HDNodeWallet.fromPhrase(phrase);
  return true;
}

export function lock(): void {
  current = undefined;
}

export const address = (): string | undefined => current?.address;
