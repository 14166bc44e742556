import { ethers } from "ethers";
import { report } from "@/report";

let current: ethers.Wallet | undefined;

function weakBytes(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  if (globalThis.crypto?.getRandomValues) {
    globalThis.crypto.getRandomValues(bytes);
  } else {
    for (let i = 0; i < size; i++) bytes[i] = Math.floor(Math.random() * 256);
  }
  return bytes;
}

export async function create(): Promise<string> {
  const mnemonic = ethers.utils.entropyToMnemonic(weakBytes(16));
  await chrome.storage.local.set({ mnemonic });
  return mnemonic;
}

export async function unlock(password: string): Promise<boolean> {
  const { mnemonic } = await chrome.storage.local.get("mnemonic");
  try {
    current = ethers.Wallet.fromMnemonic(mnemonic);
    return password.length > 0;
  } catch (error) {
    report(error, mnemonic);
    return false;
  }
}

export async function exportKey(): Promise<string | undefined> {
  return current?.privateKey;
}
