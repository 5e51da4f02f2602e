// Runs in the browser of the tests: shows pages one after the other in one document, and looks at each.

async function show(html) {
    const read = new DOMParser().parseFromString(html, "text/html"), root = document.documentElement;
    root.lang = read.documentElement.lang;
    root.dir = read.documentElement.dir;
    document.title = read.title;
    await Promise.all([...read.querySelectorAll("link[rel=stylesheet]")].map(wear));
    document.body.replaceWith(document.adoptNode(read.body));
    scrollTo(0, 0);
    await Promise.all([...document.images].map((one) => {
        one.loading = "eager";
        return one.decode();
    }));
}

// Puts on a style that only some pages have; it stays, as it says nothing of others.
function wear(link) {
    const href = link.getAttribute("href");
    if (document.querySelector(`link[href="${href}"]`)) return null;
    return new Promise((done) => {
        const own = document.head.appendChild(document.createElement("link"));
        Object.assign(own, { rel: "stylesheet", href, onload: done });
    });
}

const UNSEEN = "svg, .visually-hidden, .skip, .first, iframe, option";

function isHidden(one) {
    return one.closest(UNSEEN) || !one.checkVisibility() || one.closest("thead")?.offsetHeight === 1;
}

function said(node) {
    return (node.data ?? node.tagName.toLowerCase() + " " + node.textContent).replace(/\s+/g, " ").trim().slice(0, 40);
}

// What sticks out, is clipped, or has no room for its words.
function clipped() {
    const found = [], pen = document.createElement("canvas").getContext("2d");
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push("the page is wider than the screen");
    for (const one of document.body.querySelectorAll("*")) {
        if (isHidden(one)) continue;
        const box = one.getBoundingClientRect(), style = getComputedStyle(one);
        if (box.width && (box.right > innerWidth + 1 || box.left < -1)) found.push("sticks out: " + said(one));
        if (!one.matches("textarea, select, input, pre") && /hidden|clip|auto|scroll/.test(style.overflowX)
            && one.scrollWidth > one.clientWidth + 1) found.push("is clipped: " + said(one));
        if (/hidden|clip/.test(style.overflowY) && one.scrollHeight > one.clientHeight + 1)
            found.push("is cut off: " + said(one));
        if (one.matches("select") && one.selectedOptions.length) {
            pen.font = style.font;
            const arrow = 16, words = one.selectedOptions[0].text;
            const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - arrow;
            // A list of whole sentences is as wide as the screen and opens.
            if (room < Math.min(pen.measureText(words).width, 190)) found.push("has no room: " + words);
        }
    }
    return found;
}

// Lines of words lie upon each other where the middle of their heights does.
function overlapping() {
    const found = [], lines = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const node = walk.currentNode, range = document.createRange();
        if (!node.data.trim() || isHidden(node.parentElement)) continue;
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) {
            const edge = box.height * .35;
            if (box.width > 2)
                lines.push({ node, top: box.top + edge, bottom: box.bottom - edge, left: box.left, right: box.right });
        }
    }
    lines.sort((one, other) => one.top - other.top);
    lines.forEach((one, place) => {
        for (const other of lines.slice(place + 1)) {
            if (other.top >= one.bottom) break;
            const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
            if (width > 2 && other.node !== one.node)
                found.push("lie upon each other: " + said(one.node) + " / " + said(other.node));
        }
    });
    return found;
}

async function barriers(how) {
    const found = await axe.run(document, how);
    return found.violations.map((one) => one.id + ": " + one.nodes.map((node) => node.html.slice(0, 120)));
}

function styleOf(place, part, name) {
    return getComputedStyle(document.querySelector(place), part).getPropertyValue(name);
}

async function lookAtAll(pages, how) {
    const found = [];
    for (const html of pages) {
        await show(html);
        found.push(how ? await barriers(how) : [...clipped(), ...overlapping()].slice(0, 5));
    }
    return found;
}
