// The desk of a workshop: it saves while one writes, shows what others write, and asks where two wrote at once.
// Without it the page has a button to save each section.
"use strict";
(() => {
  const desk = document.getElementById("workshop");
  if (!desk) return;
  const { base, csrf, writer, number } = desk.dataset;
  const PAUSE = 800, EVERY = 3000, AGAIN = 4000; // milliseconds: after typing, between looks, after a failure
  const KEPT = `mitwirken-workshop-${number}`;
  const fields = new Map();
  let etag = "", away = false;
  desk.classList.add("live");

  // What has not been saved yet stays on this device, and goes as soon as it is saved.
  const drafts = () => JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  function keep(field, words) {
    const all = drafts();
    if (words === null) delete all[field.name];
    else all[field.name] = { words, version: field.version };
    if (Object.keys(all).length) localStorage.setItem(KEPT, JSON.stringify(all));
    else localStorage.removeItem(KEPT);
  }

  const isDirty = (field) => field.at.value !== field.stored;

  function tell() {
    const all = [...fields.values()], state = desk.querySelector("[data-state]");
    const lost = all.some((one) => one.failed), open = all.some((one) => isDirty(one) || one.busy);
    const wrote = all.some((one) => one.wrote), asked = all.some((one) => one.clash);
    const words = away ? desk.dataset.away : asked ? desk.dataset.clash : lost ? desk.dataset.waiting : open ? desk.dataset.saving : wrote ? desk.dataset.saved : "";
    if (state.textContent !== words) state.textContent = words;
    state.className = `live-state ${away || lost || asked ? "bad" : open ? "busy" : ""}`;
  }

  function say(field, data) {
    field.status.replaceChildren();
    field.status.classList.toggle("bad", Boolean(data.error));
    for (const [name, words] of [["hand", data.by], ["understood", data.understood], ["error", data.error]]) {
      if (!words) continue;
      const part = document.createElement("bdi");
      part.className = name;
      part.textContent = words;
      field.status.append(part, " ");
    }
  }

  function take(field, data) {
    field.version = data.version;
    field.stored = data.words;
    field.at.value = data.words;
    say(field, data);
  }

  async function post(path, values) {
    const body = new FormData();
    for (const [name, value] of Object.entries({ csrf, writer, ...values })) body.append(name, value);
    const headers = { Accept: "application/json" };
    const answer = await fetch(base + path, { method: "POST", body, headers, keepalive: true, signal: AbortSignal.timeout(15000) });
    away = answer.redirected;
    const isOurs = (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
    if (!isOurs) throw new Error("not an answer of ours");
    return [answer.status, await answer.json()];
  }

  async function save(field) {
    clearTimeout(field.timer);
    if (field.busy || field.clash || !isDirty(field)) return tell();
    const words = field.at.value;
    field.busy = true;
    field.wrote = true;
    tell();
    try {
      const [status, data] = await post("/field", { name: field.name, version: field.version, words });
      field.failed = false;
      if (status === 200) {
        field.version = data.version;
        field.stored = words;
        if (!isDirty(field)) keep(field, null);
        say(field, { understood: data.understood });
      } else if (status === 409) {
        collide(field, data);
      } else {
        say(field, data); // refused: it stays in the field, and is tried when it changes
      }
    } catch {
      field.failed = true;
      field.timer = setTimeout(save, AGAIN, field);
    }
    field.busy = false;
    if (!field.failed && isDirty(field) && field.at.value !== words) field.timer = setTimeout(save, PAUSE, field);
    tell();
  }

  function both(theirs, mine) {
    if (mine.includes(theirs.trim())) return mine;
    return theirs.includes(mine.trim()) ? theirs : `${theirs.trimEnd()}\n${mine.trimStart()}`;
  }

  function collide(field, data) {
    field.clash?.box.remove();
    const box = document.getElementById("new-clash").content.cloneNode(true).querySelector("[data-clash]");
    box.querySelector(".by").textContent = data.by;
    box.querySelector(".theirs").textContent = data.words;
    field.clash = { box, data };
    field.at.closest(".field").append(box);
    box.addEventListener("click", (event) => {
      const way = event.target.closest("[data-settle]")?.dataset.settle;
      if (!way) return;
      event.preventDefault();
      const mine = field.at.value;
      box.remove();
      field.clash = null;
      take(field, data);
      if (way !== "theirs") field.at.value = way === "both" ? both(data.words, mine) : mine;
      if (!isDirty(field)) keep(field, null);
      field.at.focus();
      save(field);
    });
  }

  function apply(field, data) {
    if (data.version === field.version || field.busy) return;
    if (field.clash) {
      if (field.clash.data.version !== data.version) collide(field, data);
    } else if (!isDirty(field) && document.activeElement !== field.at) {
      take(field, data);
    }
  }

  function watch(at) {
    const field = { at, name: at.dataset.field, version: Number(at.dataset.version), stored: at.value };
    field.status = at.closest(".field").querySelector("[data-status]");
    fields.set(field.name, field);
    at.addEventListener("input", () => {
      keep(field, at.value);
      clearTimeout(field.timer);
      field.timer = setTimeout(save, PAUSE, field);
      tell();
    });
    at.addEventListener("blur", () => {
      if (isDirty(field)) save(field);
      else etag = ""; // what others wrote here while the cursor stood in it is shown with the next look
    });
    const draft = drafts()[field.name];
    if (draft && draft.words !== at.value) {
      at.value = draft.words;
      field.version = draft.version;
      save(field);
    }
  }

  // Steps: more of them, taken out, put back. One in which somebody writes here stays; saving puts it back.

  const places = () => [...desk.querySelectorAll("[data-steps] > [data-step]")];
  const partsOf = (place) => [...place.querySelectorAll("[data-field]")].map((at) => fields.get(at.dataset.field));

  function hide(out) {
    for (const place of places()) {
      const isOut = out.includes(Number(place.dataset.step));
      const isBusy = place.querySelector(".step").contains(document.activeElement) || partsOf(place).some(isDirty);
      place.querySelector(".step").hidden = isOut && !isBusy;
      place.querySelector(".step-out").hidden = !isOut || isBusy;
    }
  }

  async function settled(field) {
    while (field.busy) await new Promise((go) => setTimeout(go, 50)); // it is being saved, as the cursor has left it
    await save(field);
  }

  async function move(place, way) {
    const said = place.querySelector("[data-refused]");
    said.textContent = "";
    for (const field of partsOf(place)) await settled(field);
    if (partsOf(place).some((field) => field.clash || isDirty(field))) return;
    const versions = Object.fromEntries(partsOf(place).map((field) => [field.name, field.version]));
    try {
      const [status, data] = await post(`/steps/${place.dataset.step}/${way}`, versions);
      if (status !== 200) said.textContent = data.error;
      etag = "";
      document.activeElement?.blur();
      await look();
      if (status === 200) place.querySelector(way === "out" ? "[data-back]" : "[data-field]").focus();
    } catch {
      tell();
    }
  }

  desk.addEventListener("click", (event) => {
    const button = event.target.closest("[data-out], [data-back]");
    if (!button) return;
    event.preventDefault();
    move(button.closest("[data-step]"), button.name);
  });

  function grow(steps) {
    const list = desk.querySelector("[data-steps]");
    for (let n = list.children.length + 1; n <= steps; n += 1) {
      const made = document.getElementById("new-step").content.cloneNode(true);
      for (const one of made.querySelectorAll("*")) {
        for (const name of one.getAttributeNames()) {
          const value = one.getAttribute(name);
          if (value.endsWith("-0")) one.setAttribute(name, `${value.slice(0, -1)}${n}`);
        }
      }
      const step = made.querySelector("[data-step]");
      step.dataset.step = n;
      for (const button of step.querySelectorAll("[data-out], [data-back]")) button.value = n;
      const said = document.createTreeWalker(step, NodeFilter.SHOW_TEXT);
      while (said.nextNode()) said.currentNode.data = said.currentNode.data.replace("0", n);
      list.append(made);
      for (const at of step.querySelectorAll("[data-field]")) watch(at);
    }
  }

  // Photos that others have sent, as the server draws them; the list stays while somebody is in it.
  let drawn = "";
  function show(pictures) {
    const list = document.querySelector("[data-pictures]");
    if (pictures === drawn || list.contains(document.activeElement)) return;
    if (drawn || list.childElementCount || pictures.includes("<li")) list.innerHTML = pictures; // our own page, rendered by the server
    drawn = pictures;
  }

  async function look() {
    if (document.hidden) return;
    try {
      const answer = await fetch(`${base}/state`, { headers: etag ? { "If-None-Match": etag } : {}, signal: AbortSignal.timeout(10000) });
      if (answer.status !== 200 || answer.redirected) return;
      const data = await answer.json();
      etag = answer.headers.get("ETag") ?? "";
      grow(data.steps);
      for (const [name, one] of Object.entries(data.fields)) if (fields.has(name)) apply(fields.get(name), one);
      hide(data.out);
      show(data.pictures);
    } catch {
      // The network is gone: what is written waits, and the next look comes soon.
    }
  }

  desk.querySelectorAll("[data-field]").forEach(watch);
  for (const form of desk.querySelectorAll("#answers, #steps")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      for (const field of fields.values()) save(field);
    });
  }
  document.getElementById("more-steps")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const [status, data] = await post("/steps", {});
      if (status !== 200) return;
      grow(data.steps);
      document.getElementById(`f-what-${data.steps}`).focus();
    } catch {
      tell();
    }
  });
  const saveAll = () => [...fields.values()].filter(isDirty).forEach(save);
  document.addEventListener("visibilitychange", saveAll);
  window.addEventListener("online", saveAll);
  window.addEventListener("beforeunload", (event) => {
    if ([...fields.values()].some((one) => isDirty(one) && !one.clash)) event.preventDefault();
  });
  setInterval(look, EVERY);
})();
