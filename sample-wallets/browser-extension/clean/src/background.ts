import { lock, unlock } from "@/keyring";
import { confirmRequest } from "@/approval";

const LOCK_MINUTES = 10;

chrome.alarms.create("lock", { delayInMinutes: LOCK_MINUTES });
chrome.alarms.onAlarm.addListener((alarm) => {
  if (alarm.name === "lock") lock();
});

chrome.runtime.onMessage.addListener((request, sender, respond) => {
  const isOwnPage = sender.id === chrome.runtime.id && sender.tab === undefined;
  if (request.type === "unlock" && isOwnPage) {
    unlock(request.password).then(respond);
    return true;
  }
  if (request.type === "sign-transaction" && sender.origin !== undefined) {
    confirmRequest(sender.origin, request.body).then(respond);
    return true;
  }
  respond({ error: "unknown request" });
  return false;
});
