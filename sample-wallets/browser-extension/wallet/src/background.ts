import * as Sentry from "@sentry/browser";
import { exportKey, unlock } from "@/keyring";

Sentry.init({ dsn: "https://key@reports.example/2" });

chrome.runtime.onMessage.addListener((request, sender, respond) => {
  switch (request.type) {
    case "unlock":
      unlock(request.password).then(respond);
      return true;
    case "export-key":
      exportKey().then(respond);
      return true;
    default:
      respond({ error: "unknown request" });
      return false;
  }
});
