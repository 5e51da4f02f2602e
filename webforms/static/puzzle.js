// While masses of forms arrive: finds the number that ours wants with it, beside the person's typing.
"use strict";
(function () {
  const form = document.getElementById("answers");
  const proof = form.elements.proof;
  const bits = Number(proof.dataset.bits);
  const key = form.elements.csrf.value.split(".")[0];
  const SLICE = 12; // milliseconds of work at a time, so that typing stays smooth
  const K = [], START = [], W = new Int32Array(64);
  let pressed = null, number = 0;

  for (let n = 2; K.length < 64; n += 1) {
    let isPrime = true;
    for (let d = 2; d * d <= n; d += 1) if (n % d === 0) { isPrime = false; break; }
    if (!isPrime) continue;
    if (START.length < 8) START.push(((Math.sqrt(n) % 1) * 4294967296) | 0);
    K.push(((Math.cbrt(n) % 1) * 4294967296) | 0);
  }

  // The first 32 bits of SHA-256 of a text that fits into one block.
  function head(text) {
    W.fill(0, 0, 16);
    for (let i = 0; i < text.length; i += 1) W[i >> 2] |= text.charCodeAt(i) << (24 - 8 * (i & 3));
    W[text.length >> 2] |= 128 << (24 - 8 * (text.length & 3));
    W[15] = 8 * text.length;
    for (let i = 16; i < 64; i += 1) {
      const x = W[i - 15], y = W[i - 2];
      const s = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const t = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      W[i] = (W[i - 16] + s + W[i - 7] + t) | 0;
    }
    let [a, b, c, d, e, f, g, h] = START;
    for (let i = 0; i < 64; i += 1) {
      const s = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t = (h + s + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const u = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      h = g; g = f; f = e; e = (d + t) | 0; d = c; c = b; b = a;
      a = (t + u + ((b & c) ^ (b & d) ^ (c & d))) | 0;
    }
    return (a + START[0]) >>> 0;
  }

  function work() {
    const end = performance.now() + SLICE;
    do {
      for (let i = 0; i < 200; i += 1, number += 1) {
        if (head(key + "." + number) >>> (32 - bits) === 0) { found(); return; }
      }
    } while (performance.now() < end);
    window.setTimeout(work);
  }

  function found() {
    const words = document.getElementById("held-up");
    proof.value = String(number);
    if (words) {
      words.textContent = words.dataset.ready;
      words.closest(".summary").classList.add("is-ready");
    }
    form.removeAttribute("aria-busy");
    if (pressed) form.requestSubmit(pressed);
  }

  form.addEventListener("submit", function (event) {
    if (proof.value || (event.submitter && event.submitter.name === "in-language")) return;
    event.preventDefault(); // sent by itself in a moment
    pressed = event.submitter || form.querySelector(".actions button");
    form.setAttribute("aria-busy", "true");
  });
  work();
})();
