// Passkeys: asks the device for what only it can make, then sends the form as if it had been filled in.
"use strict";
(() => {
  const form = document.querySelector("form[data-passkey]");
  if (!form || !window.PublicKeyCredential || !navigator.credentials) return;
  const failed = form.querySelector("[data-failed]");
  const unsaid = failed.textContent;

  const bytes = (text) => {
    const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
  };
  const letters = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const unpacked = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  function make(asked) {
    const user = { ...asked.user, id: bytes(asked.user.id) };
    const excludeCredentials = unpacked(asked.excludeCredentials);
    const publicKey = { ...asked, challenge: bytes(asked.challenge), user, excludeCredentials };
    return navigator.credentials.create({ publicKey });
  }

  function use(asked) {
    const allowCredentials = unpacked(asked.allowCredentials);
    return navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials } });
  }

  function packed(made) {
    const response = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[part]) response[part] = letters(made.response[part]);
    }
    return JSON.stringify({ id: made.id, rawId: letters(made.rawId), type: made.type, response });
  }

  function tell(words) {
    failed.textContent = words;
    failed.hidden = false;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      const answer = await fetch(form.dataset.begin, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      const asked = await answer.json();
      if (asked.error) return tell(asked.error);
      form.elements.answer.value = packed(await (form.dataset.passkey === "new" ? make : use)(asked));
    } catch {
      return tell(unsaid); // whoever changed their mind is told no more than who has no passkey
    }
    if (form.elements.password) form.elements.password.value = "";
    form.submit();
  });

  form.hidden = false;
  document.querySelector("[data-without-passkey]")?.remove();
})();
