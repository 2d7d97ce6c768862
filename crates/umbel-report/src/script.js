"use strict";
(() => {
  const every = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const script = document.getElementById("umbel-script");
  document.documentElement.classList.add("live");

  // A figure's derivation opens over the page; without this script the link leads to it in the annex.
  const dialog = document.getElementById("derivation");
  const show = (id) => {
    const source = document.getElementById(id);
    if (!source || !dialog.showModal) return false;
    const body = dialog.querySelector("div");
    const title = document.createElement("h2");
    title.textContent = source.querySelector("summary").textContent;
    const copy = source.querySelector(".steps").cloneNode(true);
    body.replaceChildren(title, copy);
    if (!dialog.open) dialog.showModal();
    return true;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.fig");
    if (link && !event.ctrlKey && !event.metaKey && show(link.getAttribute("href").slice(1))) event.preventDefault();
    else if (event.target.closest("[data-close]") || event.target === dialog) dialog.close();
    else if (event.target.closest("dialog a")) dialog.close();
  });

  // An address that leads into something folded unfolds it.
  const unfold = () => {
    let place = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = place; at; at = at.parentElement) if (at.localName === "details") at.open = true;
    if (place) place.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();

  // Tables sort by the column whose heading is pressed.
  every("table.sortable").forEach((table) => {
    const heads = every("thead th", table);
    heads.forEach((head, column) => {
      if (!head.textContent.trim() || head.classList.contains("line") || head.classList.contains("fixed")) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const key = (row) => {
          const cell = row.cells[column];
          if (!cell) return "";
          const text = cell.dataset.value ?? cell.textContent.trim();
          const number = parseFloat(text.replace(/,/g, "").replace("−", "-"));
          return Number.isNaN(number) ? text : number;
        };
        const compare = (a, b) => typeof a === "number" && typeof b === "number" ? a - b
          : typeof a === "number" ? -1 : typeof b === "number" ? 1 : a.localeCompare(b);
        const rows = Array.from(body.rows).map((row, at) => [key(row), at, row]);
        rows.sort((a, b) => (down ? compare(b[0], a[0]) : compare(a[0], b[0])) || a[1] - b[1]);
        body.append(...rows.map((row) => row[2]));
      });
    });
  });

  // What is wider than the page can be scrolled with the keyboard too.
  const wide = () => every(".scroll, .umbel-box, .wide").forEach((box) => {
    if (box.scrollWidth > box.clientWidth + 1) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      const name = box.querySelector("caption")?.textContent || box.querySelector("svg")?.getAttribute("aria-label");
      if (name) box.setAttribute("aria-label", name);
    } else { box.removeAttribute("tabindex"); box.removeAttribute("role"); box.removeAttribute("aria-label"); }
  });
  addEventListener("resize", wide);
  wide();

  // The umbel is one stop of the tab key; arrows move from floret to floret.
  every("svg.umbel").forEach((svg) => {
    const links = every("a", svg);
    links.forEach((link, at) => link.setAttribute("tabindex", at ? -1 : 0));
    svg.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const at = links.indexOf(document.activeElement);
      if (!step || at < 0) return;
      event.preventDefault();
      const next = links[(at + step + links.length) % links.length];
      links[at].setAttribute("tabindex", -1);
      next.setAttribute("tabindex", 0);
      next.focus();
    });
  });

  // Maps grow, shrink and move.
  every("figure.mapfig svg.map").forEach((svg) => {
    const whole = svg.getAttribute("viewBox").split(" ").map(Number);
    let [x, y, w, h] = whole;
    const tools = document.createElement("div");
    tools.className = "tools";
    const set = () => {
      w = Math.min(whole[2], w); h = w * whole[3] / whole[2];
      x = Math.max(0, Math.min(x, whole[2] - w)); y = Math.max(0, Math.min(y, whole[3] - h));
      svg.setAttribute("viewBox", [x, y, w, h].map((v) => v.toFixed(1)).join(" "));
      svg.classList.toggle("zoomed", w < whole[2]);
    };
    const zoom = (by, cx, cy) => {
      const next = Math.max(whole[2] / 12, Math.min(whole[2], w / by));
      x += (cx ?? 0.5) * (w - next); y += (cy ?? 0.5) * (w - next) * whole[3] / whole[2]; w = next; set();
    };
    [["in", "+", () => zoom(1.6)], ["out", "−", () => zoom(1 / 1.6)], ["all", "○", () => { [x, y, w, h] = whole; set(); }]]
      .forEach(([name, sign, act]) => {
        const button = document.createElement("button");
        button.type = "button"; button.textContent = sign; button.setAttribute("aria-label", script.dataset[name]);
        button.addEventListener("click", act); tools.append(button);
      });
    svg.parentElement.append(tools);
    let last = null;
    svg.addEventListener("pointerdown", (event) => {
      if (w < whole[2]) { last = [event.clientX, event.clientY]; svg.setPointerCapture(event.pointerId); }
    });
    svg.addEventListener("pointermove", (event) => {
      if (!last) return;
      const scale = w / svg.clientWidth;
      x -= (event.clientX - last[0]) * scale; y -= (event.clientY - last[1]) * scale;
      last = [event.clientX, event.clientY]; set();
    });
    ["pointerup", "pointercancel"].forEach((name) => svg.addEventListener(name, () => { last = null; }));
    svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const box = svg.getBoundingClientRect();
      zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    }, { passive: false });
  });

})();
