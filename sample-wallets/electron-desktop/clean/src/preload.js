const { contextBridge, ipcRenderer } = require("electron");

contextBridge.exposeInMainWorld("wallet", {
  create: (password) => ipcRenderer.invoke("wallet:create", password),
  openLink: (url) => ipcRenderer.invoke("open-link", url),
});
