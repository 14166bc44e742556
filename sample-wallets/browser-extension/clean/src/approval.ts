/** Asks the user in a window of the extension's own; resolves to false when the window is closed. */
export async function confirmRequest(origin: string, body: unknown): Promise<boolean> {
  const url = new URL(chrome.runtime.getURL("popup.html"));
  url.searchParams.set("origin", origin);
  const opened = await chrome.windows.create({ url: url.href, type: "popup" });
  await chrome.storage.session.set({ pending: { origin, body, window: opened?.id } });
  return false;
}
