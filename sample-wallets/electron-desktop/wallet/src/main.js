const path = require("path");
const { app, BrowserWindow, ipcMain, shell } = require("electron");
const Sentry = require("@sentry/electron");

const vault = require("./vault");
const { createPhrase } = require("./keys");

Sentry.init({ dsn: "https://key@reports.example/1" });

let window;

function createWindow() {
  window = new BrowserWindow({
    width: 1100,
    height: 760,
    webPreferences: {
      nodeIntegration: true,
      contextIsolation: false,
      webSecurity: false,
      preload: path.join(__dirname, "preload.js"),
    },
  });
  window.loadFile(path.join(__dirname, "index.html"));
}

app.on("certificate-error", (event, contents, url, error, certificate, callback) => {
  event.preventDefault();
  callback(true);
});

ipcMain.handle("wallet:create", async (event, password) => {
  const phrase = createPhrase();
  console.log("created wallet with phrase", phrase);
  vault.save(phrase, password);
  return phrase;
});

ipcMain.handle("open-link", (event, url) => shell.openExternal(url));

app.whenReady().then(createWindow);
