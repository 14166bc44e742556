const REQUESTS = new Set(["connect", "sign-transaction"]);

window.addEventListener("message", async (event) => {
  if (event.source !== window || !REQUESTS.has(event.data?.type)) return;
  const answer = await chrome.runtime.sendMessage({ type: event.data.type, body: event.data.body });
  window.postMessage({ id: event.data.id, answer }, window.location.origin);
});
