// Keys: moves along the list, opens, and presses the buttons a page already has. Everything here also works without it.
(() => {
  "use strict";
  const on = () => localStorage.getItem("keys") !== "off";
  const all = (selector) => [...document.querySelectorAll(selector)];
  const rows = () => all("tr.go, .data.people tbody tr");
  let waitingForG = false;

  const current = () => document.activeElement?.closest?.("tr.go, .data.people tbody tr") ?? null;
  const target = (row) => row?.querySelector(".start") ?? row?.querySelector("a.who");

  function move(step) {
    const list = rows();
    if (!list.length) return;
    const at = list.indexOf(current() ?? document.querySelector("tr.open"));
    const next = list[Math.min(Math.max(at + step, 0), list.length - 1)];
    target(next)?.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function press(key) {
    const button = all(`[data-key="${CSS.escape(key)}"]`).find((e) => e.offsetParent !== null);
    if (!button) return false;
    if (button.value === "asked_to_call_at" && !document.getElementById("call_at").value) {
      document.getElementById("call_at").focus();
      return true;
    }
    button.click();
    const opened = button.closest("details")?.querySelector("form select, form textarea, form input:not([type=hidden])");
    if (button.tagName === "SUMMARY" && button.parentElement.open) opened?.focus();
    return true;
  }

  function palette() {
    const dialog = document.getElementById("palette");
    if (!dialog) return false;
    if (!dialog.open) dialog.showModal();
    document.getElementById("palette-q").focus();
    return true;
  }

  const go = { t: "/today", p: "/people", m: "/care-models" };
  const act = {
    j: () => move(1),
    k: () => move(-1),
    o: () => target(current() ?? document.querySelector("tr.go"))?.click(),
    Enter: () => {
      if (document.activeElement !== document.body && document.activeElement?.id !== "main") return false;
      document.querySelector("tr.go.first .start")?.click();
    },
    u: () => document.getElementById("undo")?.click(),
    g: () => { waitingForG = true; setTimeout(() => { waitingForG = false; }, 1200); },
    "/": palette,
    "?": () => document.getElementById("help")?.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      if (palette()) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !on() || document.querySelector("dialog[open]")) return;
    const field = event.target.closest?.("input, textarea, select");
    if (event.key === "Escape" && field) { field.blur(); return; }
    if (field) return;
    if (waitingForG && go[event.key]) { waitingForG = false; location.assign(go[event.key]); return; }
    const done = act[event.key] ? act[event.key]() !== false : press(event.key);
    if (done) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-palette]") && palette()) event.preventDefault();
    const menu = event.target.closest?.("details.menu");
    all("details.menu[open]").forEach((one) => { if (one !== menu) one.open = false; });
  });

  const found = () => all("#palette-found a");
  document.getElementById("palette")?.addEventListener("keydown", (event) => {
    const list = found(), at = list.indexOf(document.activeElement);
    if (event.key === "ArrowDown") { event.preventDefault(); list[Math.min(at + 1, list.length - 1)]?.focus(); }
    if (event.key === "ArrowUp") { event.preventDefault(); (at > 0 ? list[at - 1] : document.getElementById("palette-q")).focus(); }
    if (event.key === "Enter" && at < 0 && list.length) { event.preventDefault(); list[0].click(); }
  });

  const tick = document.getElementById("keys-on");
  if (tick) {
    tick.checked = on();
    tick.addEventListener("change", () => localStorage.setItem("keys", tick.checked ? "on" : "off"));
  }

  // After a part of the page was replaced: say what was saved, put the focus where the work goes on.
  let last = null;
  document.addEventListener("htmx:before:request", () => { last = document.querySelector("tr.open")?.id ?? current()?.id ?? last; });
  document.addEventListener("htmx:after:swap", () => {
    if (document.querySelector("dialog[open]")) return;
    const said = document.querySelector(".said b, [role=alert]");
    const live = document.getElementById("live");
    if (live) live.textContent = said?.textContent ?? "";
    const panel = document.getElementById("panel");
    const title = document.querySelector("#main h1");
    if (panel) { panel.setAttribute("tabindex", "-1"); panel.focus({ preventScroll: innerWidth >= 1200 }); }
    else (document.getElementById(last)?.querySelector(".start") ?? document.getElementById("main"))?.focus();
    if (title) document.title = document.title.replace(/^.*(?= · )/, (panel?.getAttribute("aria-label") ?? title.firstChild.textContent).trim());
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
