// Draws one message: words with their marks, files, buttons. No HTML is ever built from strings.

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre" };
const WORDS = { photo: "Foto · Photo", voice: "Sprachnachricht · Voice message", document: "Datei · File" };
const CLOCK = new Intl.DateTimeFormat("de", { hour: "2-digit", minute: "2-digit" });

export function make(tag, fields = {}, ...children) {
  const node = Object.assign(document.createElement(tag), fields);
  node.append(...children);
  return node;
}

// A link as it may be opened here: t.me links to this very bot stay on this page.
export function openable(url, username) {
  let address;
  try {
    address = new URL(url);
  } catch {
    return null;
  }
  if (address.hostname === "t.me" && address.pathname.slice(1).toLowerCase() === username.toLowerCase()) {
    const kind = ["start", "startgroup"].find((one) => address.searchParams.get(one));
    return kind ? `/?${kind}=${encodeURIComponent(address.searchParams.get(kind))}` : "/";
  }
  return ["http:", "https:", "tg:", "mailto:"].includes(address.protocol) ? address.href : null;
}

function link(url, username, ...children) {
  const href = openable(url, username);
  return href === null ? make("span", {}, ...children) : make("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

function wrapped(entity, words, inner, act) {
  switch (entity.type) {
    case "text_link":
      return link(entity.url, act.username, inner);
    case "url":
      return link(words.includes("://") ? words : `https://${words}`, act.username, inner);
    case "email":
      return link(`mailto:${words}`, act.username, inner);
    case "bot_command":
      return make("button", { type: "button", className: "command", onclick: () => act.say(words) }, inner);
    case "spoiler":
      return make("span", { className: "spoiler", tabIndex: 0 }, inner);
    case "blockquote":
    case "expandable_blockquote":
      return make("span", { className: "quote" }, inner);
    default:
      return entity.type in TAGS ? make(TAGS[entity.type], {}, inner) : inner;
  }
}

// Telegram counts entity offsets in UTF-16 units, as JavaScript does; outer entities come first.
function marked(text, entities, from, to, act) {
  const piece = document.createDocumentFragment();
  let at = from;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const end = Math.min(entity.offset + entity.length, to);
    if (entity.offset < at || end <= at) continue;
    piece.append(text.slice(at, entity.offset));
    const inside = entities.slice(index + 1).filter((one) => one.offset < end);
    piece.append(wrapped(entity, text.slice(entity.offset, end), marked(text, inside, entity.offset, end, act), act));
    at = end;
  }
  piece.append(text.slice(at, to));
  return piece;
}

function file(media) {
  if (media.kind === "photo") {
    const image = make("img", { src: media.url, alt: WORDS.photo, width: media.width, height: media.height, loading: "lazy" });
    return make("a", { href: media.url, target: "_blank", rel: "noopener noreferrer" }, image);
  }
  if (media.kind === "voice") {
    const sound = make("audio", { controls: true, preload: "none", src: media.url });
    sound.setAttribute("aria-label", WORDS.voice);
    return sound;
  }
  const size = media.size < 1024 * 100 ? `${Math.max(1, Math.round(media.size / 1024))} KB` : `${(media.size / 1024 / 1024).toFixed(1)} MB`;
  return make("a", { className: "paper", href: media.url, download: media.file_name || "" }, make("bdi", {}, media.file_name || WORDS.document), ` (${size})`);
}

function button(one, message, act) {
  if (one.url) {
    const node = link(one.url, act.username, one.text);
    node.dir = "auto";
    return node;
  }
  const press = "callback_data" in one ? () => act.press(message.message_id, one.callback_data) : () => act.copy(one.copy_text?.text);
  return make("button", { type: "button", dir: "auto", onclick: press }, one.text);
}

export function rows(lists, one) {
  return lists.map((list) => make("div", { className: "row" }, ...list.map(one)));
}

export function bubble(message, quoted, act) {
  const words = message.text ?? message.caption;
  const body = make("div", { className: "body" });
  body.append(make("span", { className: "away" }, message.from === "bot" ? "Bot: " : "Sie · You: "));
  if (quoted) {
    const short = quoted.text ?? quoted.caption ?? WORDS[quoted.media?.kind] ?? "…";
    body.append(make("p", { className: "reply", dir: "auto" }, short.slice(0, 80)));
  }
  if (message.media) body.append(file(message.media));
  if (words) {
    body.append(make("div", { className: "said", dir: "auto" }, marked(words, message.entities, 0, words.length, act)));
  }
  const when = CLOCK.format(new Date(message.date * 1000));
  body.append(make("p", { className: "about" }, message.edited ? `bearbeitet · edited, ${when}` : when));
  const item = make("li", { className: `bubble ${message.from}` }, body);
  if (message.buttons.length) {
    item.append(make("div", { className: "buttons" }, ...rows(message.buttons, (one) => button(one, message, act))));
  }
  return item;
}
