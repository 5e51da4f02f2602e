// Keys for the desk. Everything works without them; they can be switched off (WCAG 2.1.4).
"use strict";
(() => {
  const SWITCH = "mitwirken-desk-keys";
  const isOn = () => localStorage.getItem(SWITCH) !== "off";
  const rows = () => [...document.querySelectorAll(".rows a")];

  function move(step) {
    const all = rows();
    const from = all.includes(document.activeElement)
      ? all.indexOf(document.activeElement)
      : all.findIndex((row) => row.hasAttribute("aria-current"));
    const to = all[Math.min(all.length - 1, Math.max(0, from + step))];
    if (to) to.focus();
  }

  function reach(key) {
    const target = document.querySelector(`[data-key="${key}"]`);
    if (!target) return false;
    if (target.tagName === "DETAILS") {
      target.open = true;
      target.querySelector("textarea").focus();
    } else {
      target.focus();
    }
    return true;
  }

  function pick() {
    const row = document.activeElement.closest(".rows li") ?? document.querySelector(".rows li:has([aria-current])");
    const box = row?.querySelector("input");
    if (box) box.click();
    return Boolean(box);
  }

  const isTyping = (at) => at.closest("input:not([type=checkbox]), textarea, select") !== null;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.key === "Escape" && isTyping(event.target)) return event.target.blur();
    if (!isOn() || isTyping(event.target)) return;
    const steps = { j: 1, k: -1 };
    const inList = rows().includes(event.target);
    if (inList) Object.assign(steps, { ArrowDown: 1, ArrowUp: -1 });
    if (event.key in steps && rows().length) {
      move(steps[event.key]);
      event.preventDefault();
    } else if (event.key === "x" && pick()) {
      event.preventDefault();
    } else if ("ardh/".includes(event.key) && reach(event.key)) {
      event.preventDefault();
    }
  });

  const knob = document.getElementById("keys-switch");
  if (knob) {
    const box = knob.querySelector("input");
    knob.hidden = false;
    box.checked = isOn();
    box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
  }
})();

// How long an update is, counted while one writes; without this the page says it after saving.
(() => {
  for (const count of document.querySelectorAll("[data-units]")) {
    const [title, text] = ["title", "body"].map((part) => document.getElementById(`f-${part}-${count.dataset.units}`));
    if (!title || !text) continue;
    const tell = () => {
      const units = title.value.length + (text.value.trim() ? text.value.trim().length + 2 : 0);
      count.querySelector("b").textContent = units;
      count.classList.toggle("over", units > Number(count.dataset.most));
    };
    for (const field of [title, text]) field.addEventListener("input", tell);
  }
})();

// Logging out leaves nothing of the door behind: what waits is sent first, then it is forgotten.
(() => {
  const out = document.querySelector('form[action="/desk/logout"]');
  if (!out) return;
  const PREFIX = "mitwirken-door-", AT_ONCE = 100;
  const kept = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

  async function send(key) {
    const items = JSON.parse(localStorage.getItem(key));
    while (items.length) {
      const batch = JSON.stringify(items.splice(0, AT_ONCE));
      const body = new URLSearchParams({ csrf: out.elements.csrf.value, now: Date.now(), items: batch });
      const answer = await fetch(`/desk/events/${key.slice(PREFIX.length)}/door/queue`, { method: "POST", body });
      if (answer.status >= 500) return;
    }
    localStorage.removeItem(key);
  }

  out.addEventListener("submit", async (event) => {
    if (!kept().length) return;
    event.preventDefault();
    for (const key of kept()) await send(key).catch(() => undefined); // without network nobody is logged out either
    if (!kept().length) out.submit();
  });
})();
