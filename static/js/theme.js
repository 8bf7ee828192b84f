// The look each reader chose: "light", "dark", or nothing, which means as the device has it.
// Loaded in <head> without defer, so that the first paint has the right colours. Kept in this browser only.
(() => {
  "use strict";
  const KEY = "theme";
  const root = document.documentElement;

  const kept = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // Storage may be switched off.
    }
  };
  const keep = (choice) => {
    try {
      if (choice === "device") localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, choice);
    } catch {
      // The choice then holds for this page only.
    }
  };
  const apply = (choice) => {
    if (choice === "light" || choice === "dark") root.dataset.theme = choice;
    else delete root.dataset.theme;
    const now = root.dataset.theme || "device";
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === now));
    }
  };

  root.dataset.script = "";
  apply(kept());

  document.addEventListener("DOMContentLoaded", () => apply(kept()));
  window.addEventListener("storage", (event) => {
    if (event.key === KEY) apply(event.newValue);
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-theme-choice]");
    if (button) {
      keep(button.dataset.themeChoice);
      apply(button.dataset.themeChoice);
    }
  });

  // An open menu closes on Escape, on a click elsewhere, and when focus goes elsewhere; an open question on Escape. Without script it is a plain <details>.
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!except || !menu.contains(except)) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("focusin", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target instanceof Element && event.target.closest("details:is(.menu, .armed)[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // "No, leave it" closes the question around it; a link to what is folded away unfolds it.
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const question = target?.closest("[data-leave]")?.closest("details");
    if (question) {
      question.open = false;
      question.querySelector("summary").focus();
    }
    const hash = target?.closest('a[href^="#"]')?.getAttribute("href") ?? "";
    const folded = hash.length > 1 ? document.getElementById(hash.slice(1)) : null;
    for (let up = folded?.closest("details"); up; up = up.parentElement?.closest("details")) up.open = true;
    const asked = target?.closest("summary")?.parentElement ?? folded;
    if (asked?.matches("details.armed")) {
      requestAnimationFrame(() => asked.open && asked.querySelector(".arm")?.scrollIntoView({ block: "nearest" }));
    }
  });
})();
