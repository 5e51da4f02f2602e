// The practice chat: people on one side, the chosen person's conversation on the other. Asks for news while visible.

import { bubble, make, rows } from "./bubbles.js";

const EVERY = 700;
const $ = (id) => document.getElementById(id);
const LANGUAGES = new Map([...document.querySelector("#add select").options].map((one) => [one.value, one.text]));
const state = { people: [], groups: [], current: null, drawn: new Map(), seen: new Map(), shown: "", turn: 0, username: "" };

async function ask(path, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("Der Übungs-Chat antwortet nicht. Läuft die Demo noch? · The practice chat does not answer. Is the demo running?");
  }
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.error || answer.statusText);
  return result;
}

// Run what a person wants, show trouble in words, and look at once what came of it.
async function attempt(work) {
  try {
    await work();
    $("trouble").textContent = "";
    await look();
  } catch (error) {
    $("trouble").textContent = error.message;
  }
}

const act = {
  get username() {
    return state.username;
  },
  say: (text) => attempt(() => ask(`/user/${state.current}/send`, { text })),
  press: (messageId, name) => attempt(() => ask(`/user/${state.current}/press`, { message_id: messageId, button: name })),
  copy: (text) => attempt(async () => navigator.clipboard.writeText(text || "")),
};


function personButton(person, choose) {
  const face = make("span", { className: "face", ariaHidden: "true" }, [...person.first_name][0] || "?");
  face.style.setProperty("--tone", String((person.id * 67) % 360));
  const language = LANGUAGES.get(person.language_code ?? "") ?? person.language_code;
  const about = person.blocked ? `${language} · hat blockiert · blocked` : language;
  const words = make("span", {}, make("b", {}, make("bdi", {}, person.first_name)), make("small", {}, make("bdi", {}, about)));
  const node = make("button", { type: "button", className: "person", onclick: () => choose(person.id) }, face, words);
  const fresh = person.last_message_id - (state.seen.get(person.id) ?? 0);
  if (fresh > 0 && person.id !== state.current) {
    node.append(make("span", { className: "fresh" }, make("span", { className: "away" }, "neu · new: "), String(fresh)));
  }
  if (person.id === state.current) node.setAttribute("aria-current", "true");
  return node;
}

function groupButton(group) {
  const words = make("span", {}, make("b", {}, make("bdi", {}, group.title)), make("small", {}, group.gone ? "Gruppe ohne Bot · group without the bot" : "Gruppe · group"));
  const node = make("button", { type: "button", className: "person", onclick: () => choose(group.id) }, make("span", { className: "face", ariaHidden: "true" }, "#"), words);
  node.firstChild.style.setProperty("--tone", "210");
  if (group.id === state.current) node.setAttribute("aria-current", "true");
  return node;
}

function drawPeople() {
  const signature = JSON.stringify([state.people, state.groups, state.current, [...state.seen]]);
  if (signature === state.shown) return;
  state.shown = signature;
  const focused = [...$("people").querySelectorAll("button")].indexOf(document.activeElement);
  const buttons = [...state.people.map((one) => personButton(one, choose)), ...state.groups.map(groupButton)];
  $("people").replaceChildren(...buttons.map((one) => make("li", {}, one)));
  $("people").querySelectorAll("button")[focused]?.focus();
  $("no-people").hidden = state.people.length > 0;
}

async function lookAtPeople() {
  ({ users: state.people, groups: state.groups } = await ask("/users"));
  for (const person of state.people) if (!state.seen.has(person.id)) state.seen.set(person.id, person.last_message_id);
  drawPeople();
}

function choose(id) {
  state.current = id;
  state.drawn.clear();
  $("bubbles").replaceChildren();
  $("words").value = "";
  $("trouble").textContent = "";
  $("notice").textContent = "";
  setFile(null);
  const person = state.people.find((one) => one.id === id) ?? state.groups.find((one) => one.id === id);
  document.querySelector("#talk-title small > span").hidden = id < 0; // nobody is a group
  $("me").textContent = person?.first_name ?? person?.title ?? "";
  $("talk").hidden = false;
  $("house").dataset.view = "talk";
  $("more").open = false;
  history.replaceState(null, "", `#${id}`);
  drawPeople();
  $("talk-title").focus({ preventScroll: true });
  attempt(async () => undefined);
}

function drawMessages(messages) {
  const list = $("bubbles");
  const scroll = $("scroll");
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  const byId = new Map(messages.map((one) => [one.message_id, one]));
  let changed = false;
  for (const [id, drawn] of state.drawn) {
    if (!byId.has(id)) {
      drawn.node.remove();
      state.drawn.delete(id);
    }
  }
  for (const message of messages) {
    const signature = JSON.stringify(message);
    const old = state.drawn.get(message.message_id);
    if (old?.signature === signature) continue;
    const focused = old && [...old.node.querySelectorAll("button, a")].indexOf(document.activeElement);
    const node = bubble(message, byId.get(message.reply_to), act);
    old ? old.node.replaceWith(node) : list.append(node);
    if (focused >= 0) (node.querySelectorAll("button, a")[focused] ?? $("words")).focus();
    state.drawn.set(message.message_id, { node, signature });
    changed = true;
  }
  if (changed && atEnd) {
    scroll.scrollTop = scroll.scrollHeight;
    for (const image of list.querySelectorAll("img")) image.addEventListener("load", () => (scroll.scrollTop = scroll.scrollHeight), { once: true });
  }
  state.seen.set(state.current, messages.at(-1)?.message_id ?? 0);
}

function drawKeyboard(keyboard) {
  const signature = JSON.stringify(keyboard);
  if ($("keyboard").dataset.signature === signature) return;
  $("keyboard").dataset.signature = signature;
  $("keyboard").replaceChildren(...rows(keyboard, (text) => make("button", { type: "button", dir: "auto", onclick: () => act.say(text) }, text)));
}

async function look() {
  if (state.current === null) return;
  const id = state.current;
  const isGroup = id < 0;
  const chat = await ask(`/${isGroup ? "group" : "user"}/${id}/chat`);
  if (id !== state.current) return;
  drawMessages(chat.messages);
  $("remove").hidden = !isGroup || chat.gone;
  if (isGroup) {
    for (const part of ["begin", "blocked", "write", "block", "unblock"]) $(part).hidden = true;
    drawKeyboard([]);
    return;
  }
  drawKeyboard(chat.keyboard);
  if ($("notice").textContent !== (chat.notice ?? "")) $("notice").textContent = chat.notice ?? "";
  $("begin").hidden = chat.started || chat.blocked;
  $("blocked").hidden = !chat.blocked;
  $("write").hidden = chat.blocked || !chat.started;
  $("block").hidden = chat.blocked;
  $("unblock").hidden = !chat.blocked;
}

async function tick() {
  if (document.visibilityState === "visible") {
    try {
      await look();
      if (state.turn++ % 3 === 0) await lookAtPeople();
      if ($("trouble").dataset.line) delete $("trouble").dataset.line, ($("trouble").textContent = "");
    } catch (error) {
      $("trouble").dataset.line = "cut";
      $("trouble").textContent = error.message;
    }
  }
  setTimeout(tick, EVERY);
}

function setFile(file) {
  $("chosen").hidden = !file;
  $("chosen-name").textContent = file?.name ?? "";
  if (!file) $("file").value = "";
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split("base64,")[1] ?? "");
    reader.onerror = () => reject(new Error("Die Datei ist nicht lesbar. · The file cannot be read."));
    reader.readAsDataURL(file);
  });
}

async function send() {
  const text = $("words").value.trim();
  const file = $("file").files[0];
  if (!text && !file) return;
  await attempt(async () => {
    const body = { text };
    if (file) {
      const kind = /^image\/(jpeg|png|webp|gif)$/.test(file.type) ? "photo" : file.type.startsWith("audio/") ? "voice" : "document";
      Object.assign(body, { [kind]: await base64(file), file_name: file.name, mime_type: file.type, caption: text });
    }
    await ask(`/user/${state.current}/send`, body);
    $("words").value = "";
    setFile(null);
    grow();
  });
  $("scroll").scrollTop = $("scroll").scrollHeight;
}

function grow() {
  $("words").style.height = "auto";
  $("words").style.height = `${$("words").scrollHeight + 2}px`;
}

async function add(form) {
  const { id } = await ask("/user", Object.fromEntries(new FormData(form)));
  form.reset();
  await lookAtPeople();
  return id;
}

function openWith(code, id) {
  choose(id);
  return attempt(() => ask(`/user/${id}/start`, { code }));
}

// A link that adds the bot to a group: here a new group of the one who opens it.
function addToGroup(code, person) {
  return attempt(async () => {
    const { id } = await ask("/group", { title: "Unsere Telegram-Gruppe" });
    await ask(`/group/${id}/add`, { person, code });
    await lookAtPeople();
    choose(id);
  });
}

async function askWho(code, open) {
  const dialog = $("link");
  const picked = (id) => {
    dialog.close();
    open(code, id);
  };
  $("link-code").textContent = code;
  $("link-people").replaceChildren(...state.people.map((one) => personButton(one, picked)));
  $("link-new").hidden = state.people.length === 0;
  $("link-add").elements.language_code.replaceChildren(...[...document.querySelector("#add select").options].map((one) => one.cloneNode(true)));
  $("link-add").onsubmit = (event) => {
    event.preventDefault();
    attempt(async () => picked(await add(event.target)));
  };
  dialog.showModal();
}

function listen() {
  $("add").onsubmit = (event) => {
    event.preventDefault();
    attempt(async () => choose(await add(event.target)));
  };
  $("write").onsubmit = (event) => {
    event.preventDefault();
    send();
  };
  $("words").oninput = grow;
  $("words").onkeydown = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  $("file").onchange = () => setFile($("file").files[0]);
  $("unchoose").onclick = () => setFile(null);
  $("back").onclick = () => {
    $("house").dataset.view = "people";
    $("people").querySelector('[aria-current="true"]')?.focus();
  };
  $("start").onclick = () => act.say("/start");
  $("code-form").onsubmit = (event) => {
    event.preventDefault();
    $("more").open = false;
    openWith(event.target.elements.code.value, state.current);
    event.target.reset();
  };
  const block = (verb) => () => {
    $("more").open = false;
    attempt(() => ask(`/user/${state.current}/${verb}`, {}));
  };
  $("block").onclick = block("block");
  $("remove").onclick = () => {
    $("more").open = false;
    attempt(() => ask(`/group/${state.current}/remove`, { person: state.people[0].id }));
  };
  $("unblock").onclick = $("unblock-here").onclick = block("unblock");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !$("more").open) return;
    $("more").open = false;
    $("more").querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!$("more").contains(event.target)) $("more").open = false;
  });
}

async function begin() {
  listen();
  try {
    const bot = await ask("/bot.json");
    state.username = bot.username;
    $("bot-name").textContent = bot.name;
    const command = (one) => make("button", { type: "button", onclick: () => act.say(`/${one.command}`) }, `/${one.command}`, make("span", { className: "hint", dir: "auto" }, one.description));
    $("commands").append(...bot.commands.map(command));
    await lookAtPeople();
  } catch (error) {
    $("trouble").textContent = error.message;
  }
  const wanted = new URLSearchParams(location.search);
  const code = wanted.get("start") ?? wanted.get("startgroup");
  const known = state.people.find((one) => String(one.id) === location.hash.slice(1));
  if (code) {
    history.replaceState(null, "", location.pathname + location.hash);
    askWho(code, wanted.has("start") ? openWith : addToGroup);
  } else if (known) {
    choose(known.id);
  }
  setTimeout(tick, EVERY);
}

begin();
