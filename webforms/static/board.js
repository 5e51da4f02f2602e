// The board of a vote: cards dragged by their grip, and what others move shown within seconds.
// Everything works without this: each card has a list of topics and a button.
"use strict";
(() => {
  const board = document.getElementById("board");
  const news = document.getElementById("board-news");
  if (!board || !news) return;
  const EVERY = 2500;
  let mark = null;
  let held = null;

  const isBusy = () => held || board.contains(document.activeElement) && document.activeElement.matches("select, input, textarea");

  async function look() {
    if (document.hidden || isBusy()) return;
    const headers = mark ? { "If-None-Match": mark } : {};
    const answer = await fetch(board.dataset.address, { headers, redirect: "error" });
    if (!answer.ok || isBusy()) return;
    mark = answer.headers.get("ETag");
    const at = document.activeElement?.id;
    const open = [...board.querySelectorAll("details[open]")].map((one) => one.id);
    board.innerHTML = new DOMParser().parseFromString(await answer.text(), "text/html").body.innerHTML;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (at) document.getElementById(at)?.focus();
  }

  async function move(card, column) {
    const form = card.querySelector("form.move");
    const fields = new URLSearchParams(new FormData(form));
    fields.set("topic", column.dataset.topic);
    const answer = await fetch(form.action, { method: "POST", body: fields, headers: { "X-Board": "1" }, redirect: "error" });
    news.textContent = answer.ok ? "" : await answer.text();
    news.hidden = answer.ok;
    mark = null;
    await look();
  }

  const columnAt = (x, y) => document.elementFromPoint(x, y)?.closest(".column");

  function show(x, y) {
    held.card.style.translate = `${x - held.x}px ${y - held.y}px`;
    const over = columnAt(x, y);
    for (const one of board.querySelectorAll(".column")) one.classList.toggle("is-over", one === over);
  }

  board.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".grip");
    if (!grip || event.button) return;
    held = { card: grip.closest(".card-on"), x: event.clientX, y: event.clientY };
    held.card.classList.add("is-held");
    grip.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  board.addEventListener("pointermove", (event) => held && show(event.clientX, event.clientY));
  for (const end of ["pointerup", "pointercancel"]) {
    board.addEventListener(end, (event) => {
      if (!held) return;
      const { card } = held;
      const to = end === "pointerup" ? columnAt(event.clientX, event.clientY) : null;
      held = null;
      card.classList.remove("is-held");
      card.style.translate = "";
      for (const one of board.querySelectorAll(".column")) one.classList.remove("is-over");
      if (to && to !== card.closest(".column")) move(card, to).catch(() => {});
    });
  }
  board.classList.add("is-live");
  setInterval(() => look().catch(() => {}), EVERY);
})();
