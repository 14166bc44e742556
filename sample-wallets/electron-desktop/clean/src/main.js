const path = require("path");
const { app, BrowserWindow, ipcMain, session, shell } = require("electron");

const vault = require("./vault");
const { createPhrase } = require("./keys");

const PAGE = path.join(__dirname, "index.html");
const LINKS = new Set(["https:"]);

let window;

function createWindow() {
  window = new BrowserWindow({
    width: 1100,
    height: 760,
    webPreferences: {
      nodeIntegration: false,
      contextIsolation: true,
      sandbox: true,
      preload: path.join(__dirname, "preload.js"),
    },
  });
  window.loadFile(PAGE);
  window.webContents.on("will-navigate", (event) => event.preventDefault());
  window.webContents.setWindowOpenHandler(() => ({ action: "deny" }));
}

function fromOwnPage(event) {
  return event.senderFrame.url.startsWith("file://");
}

ipcMain.handle("wallet:create", async (event, password) => {
  if (!fromOwnPage(event)) throw new Error("unknown sender");
  await vault.save(createPhrase(), password);
});

ipcMain.handle("open-link", (event, text) => {
  const url = new URL(text);
  if (!fromOwnPage(event) || !LINKS.has(url.protocol)) throw new Error("refused");
  return shell.openExternal(url.href);
});

app.whenReady().then(() => {
  session.defaultSession.setPermissionRequestHandler((contents, permission, callback) => callback(false));
  createWindow();
});
