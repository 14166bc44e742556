const root = document.getElementById("root");

async function create(password) {
  const phrase = await window.ipcRenderer.invoke("wallet:create", password);
  localStorage.setItem("phrase", phrase);
  root.textContent = "Your wallet is ready.";
}

document.addEventListener("DOMContentLoaded", () => create(prompt("Choose a password")));
