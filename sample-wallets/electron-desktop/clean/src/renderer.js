const form = document.getElementById("create");
const status = document.getElementById("status");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  await window.wallet.create(document.getElementById("password").value);
  status.textContent = "Your wallet is ready.";
});
