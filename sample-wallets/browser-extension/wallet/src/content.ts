window.addEventListener("message", async (event) => {
  if (event.source !== window) return;
  const answer = await chrome.runtime.sendMessage(event.data);
  window.postMessage({ id: event.data.id, answer }, "*");
});
