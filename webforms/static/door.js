// The door with and without network. Everything works without this file by typing and ticking.
// Names are held by the open page only; what waits to be sent (codes and times) rests in localStorage.
"use strict";
(() => {
  const root = document.getElementById("door");
  if (!root) return;
  const PLACE = `/desk/events/${root.dataset.event}/door`;
  const KEY = `mitwirken-door-${root.dataset.event}`;
  const WORDS = JSON.parse(root.dataset.words);
  const TWINS = JSON.parse(root.dataset.twins);
  const AT_ONCE = 100, SHOWN = 60, AGAIN = 5000, FRESH = 20000, LATE = 20000, WHOLE = 90;
  const at = (id) => document.getElementById(id);
  const say = (name, values = {}) => WORDS[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

  let guests = new Map();
  let counts = { arrived: 0, taken: 0 };
  let queue = JSON.parse(localStorage.getItem(KEY) ?? "[]");
  let mark = "", looks = 0;
  let isSending = false, isOffline = !navigator.onLine, isLoggedOut = false, hasList = false;

  // What waits

  function keep() {
    if (queue.length) localStorage.setItem(KEY, JSON.stringify(queue));
    else localStorage.removeItem(KEY);
  }

  function note(code, more = {}) {
    let tick = Date.now();
    while (queue.some((one) => one.code === code && one.tick === tick)) tick += 1;
    queue.push({ code, tick, ...more });
    keep();
    draw();
    send();
  }

  // What the list would look like once everything has been sent.
  function foreseen(guest) {
    const mine = queue.filter((one) => one.code === guest.code);
    if (!mine.length) return { ...guest, isUnsent: false };
    const last = mine.findLastIndex((one) => one.undo);
    const after = mine.slice(last + 1).filter((one) => guest.state === "registered" || one.anyway);
    const before = last >= 0 ? 0 : guest.here;
    const here = after.reduce((sum, one) => sum + (one.seats ?? guest.seats), before);
    return {
      ...guest, here: Math.min(guest.seats, here), isUnsent: true,
      state: after.some((one) => one.anyway) ? "registered" : guest.state,
      since: (last < 0 && guest.since) || (after.length ? clock(after[0].tick) : ""),
    };
  }

  const clock = (tick) => {
    const moment = new Date(tick);
    return [moment.getHours(), moment.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
  };

  // Sending

  async function ask(address, options = {}) {
    const answer = await fetch(address, { credentials: "same-origin", ...options });
    if (answer.status === 204) return null;
    const isJson = (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
    if (!isJson) {
      isLoggedOut = answer.redirected || answer.status === 400 || answer.status === 403;
      throw new Error("no answer");
    }
    isLoggedOut = false;
    return answer.json();
  }

  async function send() {
    if (isSending || !queue.length) return;
    isSending = true;
    const batch = queue.slice(0, AT_ONCE);
    const body = new URLSearchParams({ csrf: root.dataset.csrf, now: Date.now(), items: JSON.stringify(batch) });
    try {
      const answer = await ask(`${PLACE}/queue`, { method: "POST", body });
      isOffline = false;
      queue = queue.filter((one) => !batch.some((sent) => sent.code === one.code && sent.tick === one.tick));
      keep();
      take(answer);
      answer.results.forEach((result, place) => settle(result, batch[place]));
    } catch {
      isOffline = true;
    }
    isSending = false;
    draw();
    if (queue.length && !isOffline) send();
  }

  function settle(result, item) {
    const wasLate = Date.now() - item.tick > LATE;
    const needsLook = ["waiting", "cancelled", "unknown"].includes(result.outcome);
    if (needsLook || (wasLate && result.outcome === "here")) conflict(result.code, result.outcome);
    else if (shown === result.code) card(result.code, result.outcome === "here" ? "already" : "");
  }

  async function load() {
    try {
      const since = looks++ % WHOLE ? mark : ""; // now and then the whole list: a name may have been mended
      const answer = await ask(`${PLACE}/list?since=${since}`);
      isOffline = false;
      if (answer) {
        if (answer.all) guests = new Map();
        mark = answer.mark;
        hasList = true;
        take(answer);
      }
    } catch {
      isOffline = true;
    }
    draw();
  }

  function take(answer) {
    counts = { arrived: answer.arrived, taken: answer.taken };
    for (const guest of answer.guests) guests.set(guest.code, guest);
  }

  // Showing

  function stateOf(guest, isAgain) {
    if (guest.state !== "registered") return say(guest.state);
    if (!guest.here) return say("expected");
    if (guest.here < guest.seats) return say("part", guest);
    return say(isAgain ? "already" : "since", { time: guest.since });
  }

  function row(one, isAgain = false) {
    const guest = foreseen(one);
    const made = at("guest").content.firstElementChild.cloneNode(true);
    const put = (part, words) => {
      for (const place of made.querySelectorAll(`[data-part="${part}"]`)) place.textContent = words;
    };
    const isOut = guest.state !== "registered";
    put("name", guest.name);
    put("code", guest.code);
    put("organisation", guest.organisation);
    const marks = [stateOf(guest, isAgain)];
    if (guest.walkin) marks.push(WORDS.walkin);
    if (guest.isUnsent) marks.push(WORDS.unsent);
    put("where", marks.join(" · "));
    made.classList.toggle("is-here", guest.here > 0);
    made.classList.toggle("is-out", isOut);
    made.classList.toggle("is-unsent", guest.isUnsent);
    const [tick, undo] = made.querySelectorAll("form");
    for (const form of [tick, undo]) form.elements.code.value = guest.code;
    const left = guest.seats - guest.here;
    if (guest.here) put("do", WORDS.here);
    if (isOut) put("do", WORDS.anyway);
    tick.elements.anyway.value = isOut ? "yes" : "";
    if (guest.seats > 1) Object.assign(tick.elements.seats, { max: left || guest.seats, value: left || guest.seats });
    else made.querySelector(".seats").remove();
    if (!left && !isOut) tick.remove();
    if (!guest.here) undo.remove();
    return made;
  }

  const plain = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();

  function list() {
    const wanted = plain(at("q").value).split(/\s+/).filter(Boolean);
    const found = [...guests.values()].filter((one) => {
      const words = plain(`${one.name} ${one.organisation} ${one.code}`);
      return wanted.every((word) => words.includes(word));
    });
    at("guests").replaceChildren(...found.slice(0, SHOWN).map((one) => row(one)));
    at("more").hidden = found.length <= SHOWN;
  }

  function draw() {
    at("offline").hidden = !isOffline || isLoggedOut;
    at("logged-out").hidden = !isLoggedOut;
    const wait = queue.length;
    if (wait) at("queue").textContent = say("queue", { n: wait });
    else if (at("queue").textContent) at("queue").textContent = WORDS.sent;
    if (!hasList || document.activeElement?.name === "seats") return;
    let here = counts.arrived, taken = counts.taken, waiting = 0;
    for (const guest of guests.values()) {
      const then = foreseen(guest);
      if (then.state === "waiting") waiting += guest.seats;
      here += then.here - guest.here;
      if (then.state !== guest.state) taken += guest.seats;
    }
    at("counts").textContent = say("counts", { here, taken });
    at("waits").hidden = !waiting;
    at("waiting").textContent = waiting;
    const focused = document.activeElement?.closest("#guests form")?.elements.code.value;
    list();
    if (focused) at("guests").querySelector(`input[value="${focused}"]`)?.form.querySelector("button").focus();
    if (shown && guests.has(shown)) card(shown);
  }

  let shown = "", shownAgain = "";

  function card(code, again) {
    if (code !== shown) shownAgain = "";
    if (again) shownAgain = again;
    shown = code;
    const box = document.createElement("div"), inner = document.createElement("ul");
    const guest = guests.get(code);
    box.className = foreseen(guest).here && !shownAgain ? "note good" : "note";
    inner.className = "guests";
    inner.append(row(guest, shownAgain === "already"));
    box.append(inner);
    at("said").replaceChildren(box);
  }

  function tell(words) {
    shown = "";
    const box = document.createElement("div");
    box.className = "note bad";
    box.textContent = words;
    at("said").replaceChildren(box);
  }

  function conflict(code, outcome) {
    const place = at("conflicts").querySelector("ul");
    const guest = guests.get(code);
    let made = document.createElement("li");
    if (guest) made = row(guest, outcome === "here");
    else made.textContent = `${code}: ${WORDS.unknown}`;
    place.append(made);
    at("conflicts").hidden = false;
  }

  // Typing and scanning

  function bare(typed) {
    const code = typed.trim().replace(/\/+$/, "").split(/[/=]/).pop().toUpperCase().replace(/[^A-Z0-9]/g, "");
    return code.length === 9 ? code.slice(0, 6) : code; // of a further place: its registration's
  }

  function meant(typed) {
    let codes = [""];
    for (const sign of bare(typed).slice(0, 8)) {
      codes = codes.flatMap((begun) => [...(TWINS[sign] ?? sign)].map((one) => begun + one)).slice(0, 64);
    }
    const found = codes.filter((code) => guests.has(code));
    return found.length === 1 ? found[0] : "";
  }

  function pick(typed) {
    const code = meant(typed);
    if (!code) return tell(WORDS.unknown);
    const guest = foreseen(guests.get(code));
    if (guest.state !== "registered" || (guest.seats > 1 && guest.here < guest.seats)) return card(code);
    shown = "";
    card(code, guest.here ? "already" : "");
    if (!guest.here) note(code);
  }

  at("type").addEventListener("submit", (event) => {
    if (!hasList) return;
    event.preventDefault();
    pick(at("code").value);
    at("code").value = "";
    at("code").focus();
  });

  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!hasList || !form.dataset.do) return;
    event.preventDefault();
    const code = form.elements.code.value;
    form.closest("#conflicts li")?.remove();
    at("conflicts").hidden = !at("conflicts").querySelector("li");
    if (form.dataset.do === "undo") return note(code, { undo: true });
    const more = {};
    const seats = Number(form.elements.seats?.value);
    if (seats > 0) more.seats = seats;
    if (form.elements.anyway?.value === "yes") more.anyway = true;
    form.elements.seats?.blur();
    note(code, more);
  });

  at("find").addEventListener("submit", (event) => {
    if (hasList) event.preventDefault();
  });
  at("q").addEventListener("input", () => {
    if (hasList) list();
  });

  // The camera, where the browser can read codes itself: nothing leaves the device.

  let stream = null, timer = 0, last = { words: "", until: 0 };

  async function scan() {
    try {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const video = at("camera");
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      at("scan").hidden = true;
      at("stop").hidden = false;
      timer = setInterval(async () => {
        for (const found of await detector.detect(video).catch(() => [])) see(found.rawValue);
      }, 200);
    } catch {
      stop();
      tell(WORDS.camera);
    }
  }

  function see(words) {
    // A code that is still held up has been seen: how many come in may be being typed.
    const isSame = words === last.words && Date.now() < last.until;
    last = { words, until: Date.now() + 3000 };
    if (isSame) return;
    navigator.vibrate?.(80);
    pick(words);
  }

  function stop() {
    clearInterval(timer);
    for (const track of stream?.getTracks() ?? []) track.stop();
    at("camera").hidden = at("stop").hidden = true;
    at("scan").hidden = false;
  }

  if ("BarcodeDetector" in window && navigator.mediaDevices) {
    at("scan").hidden = false;
    at("scan").addEventListener("click", scan);
    at("stop").addEventListener("click", stop);
  }

  window.addEventListener("online", () => load().then(send));
  window.addEventListener("offline", () => {
    isOffline = true;
    draw();
  });
  window.addEventListener("beforeunload", (event) => {
    if (queue.length) event.preventDefault();
  });
  setInterval(() => (queue.length ? send() : undefined), AGAIN);
  setInterval(() => (queue.length ? undefined : load()), FRESH);
  load().then(send);
})();
