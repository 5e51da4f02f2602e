// Keeps the wall up to date: asks for what has changed, keeps the last state while the server is away.
"use strict";
(function () {
  const main = document.getElementById("main");
  const now = document.getElementById("now");
  const away = main.querySelector(".away");
  const isSmall = window.matchMedia("(max-width: 60rem)").matches;
  const EVERY = isSmall ? 10000 : 2000; // milliseconds
  const PATIENCE = 30000;
  const TURN = 20000; // milliseconds until the next panel
  const pinned = new URLSearchParams(window.location.search).get("show");
  let mark = "";
  let failures = 0;
  let turn = 0;

  // Groups, then what was said on the goals, then the dots: one after the other, or the one that was asked for.
  function show() {
    const panels = Array.from(now.querySelectorAll("[data-turn]"));
    const wanted = panels.findIndex((one) => one.dataset.turn === pinned);
    const current = wanted >= 0 ? wanted : turn % Math.max(1, panels.length);
    panels.forEach((one, index) => { one.hidden = !isSmall && index !== current; });
  }

  function shape(node) {
    return Array.from(node.querySelectorAll("[id], .badge"), (one) => one.id || one.textContent).join("|");
  }

  // Words and bars change in their places, so that bars can grow calmly; anything else is put there anew.
  function put(text) {
    const next = document.createElement("div");
    next.innerHTML = text; // our own page, rendered by the server
    if (shape(next) !== shape(now)) {
      now.replaceChildren(...next.childNodes);
      show();
      return;
    }
    for (const one of next.querySelectorAll("[id]")) {
      const old = document.getElementById(one.id);
      if (one.hasAttribute("width")) old.setAttribute("width", one.getAttribute("width"));
      else if (old.innerHTML !== one.innerHTML) old.innerHTML = one.innerHTML;
    }
  }

  async function ask() {
    try {
      const answer = await fetch(main.dataset.now, {
        headers: mark ? { "If-None-Match": mark } : {}, cache: "no-store", signal: AbortSignal.timeout(15000),
      });
      if (answer.status === 200) {
        put(await answer.text());
        mark = answer.headers.get("ETag") || "";
      } else if (answer.status !== 304) {
        throw new Error(String(answer.status));
      }
      failures = 0;
      away.hidden = true;
    } catch (_error) {
      failures += 1;
      away.hidden = failures < 3;
    }
    const wait = Math.min(PATIENCE, EVERY * Math.pow(1.5, failures));
    window.setTimeout(ask, wait * (0.85 + 0.3 * Math.random())); // so that a hall does not ask in step
  }

  show();
  window.setInterval(() => { turn += 1; show(); }, TURN);
  window.setTimeout(ask, EVERY);
})();
