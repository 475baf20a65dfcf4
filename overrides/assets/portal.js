/* Small comforts; without them the browser's own zoom and scrolling, and plain links, do the same work.
   What a reader chose is kept in one place ("portal") and set before the page is drawn, by the one inline script
   (overrides/partials/javascripts/base.html). */
(function () {
  "use strict";
  var root = document.documentElement;

  function each(selector, act) { [].forEach.call(document.querySelectorAll(selector), act); }

  /* --- tables: a box that has nothing to scroll is no stop for the keyboard and lets the header stick to the window */

  function fit() {
    each(".table-wrap", function (box) {
      box.classList.remove("fits", "long");
      var fits = box.scrollWidth <= box.clientWidth;
      var long = box.scrollHeight > 1.2 * window.innerHeight;
      box.classList.toggle("fits", fits);
      box.classList.toggle("long", long && !fits);
      if (fits) box.removeAttribute("tabindex"); else box.tabIndex = 0;
    });
  }

  /* --- large type, high contrast, dark: kept across pages, and given back to the system when they agree with it */

  var SYSTEM = { contrast: "(prefers-contrast: more)", dark: "(prefers-color-scheme: dark)" };

  function kept() {
    try { return JSON.parse(localStorage.getItem("portal") || "{}") || {}; } catch (error) { return {}; }
  }

  function keep(name, on) {
    var all = kept();
    if (on === (SYSTEM[name] ? window.matchMedia(SYSTEM[name]).matches : false)) delete all[name];
    else all[name] = on;
    try { localStorage.setItem("portal", JSON.stringify(all)); } catch (error) { /* a private window: this page only */ }
  }

  function show(name, on) {
    root.classList.toggle("portal-" + name, on);
    if (name === "dark") root.classList.toggle("portal-light", !on);
    each("[data-portal-mode=" + name + "]", function (button) { button.setAttribute("aria-pressed", String(on)); });
  }

  each("[data-portal-mode]", function (button) {
    var name = button.getAttribute("data-portal-mode");
    button.setAttribute("aria-pressed", String(root.classList.contains("portal-" + name)));
    button.addEventListener("click", function () {
      var on = !root.classList.contains("portal-" + name);
      keep(name, on);
      show(name, on);
      fit();
    });
  });

  Object.keys(SYSTEM).forEach(function (name) {
    var query = window.matchMedia(SYSTEM[name]);
    /* Safari 13 knows no addEventListener here; there the next page follows the system. */
    if (query.addEventListener) query.addEventListener("change", function () {
      if (kept()[name] === undefined) show(name, query.matches);
    });
  });

  /* --- scripts that only some pages need load there only */

  each("[data-script]", function (place) {
    var script = document.createElement("script");
    script.src = place.getAttribute("data-script");
    script.onerror = function () { place.classList.add("failed"); };
    document.head.appendChild(script);
  });

  /* --- charts that answer: what draws them is large, and comes when it is asked for */

  var assets = document.currentScript.src.replace(/[^/]*$/, "");

  each("[data-chart]", function (button) {
    button.addEventListener("click", function () {
      if (window.portalChart) return window.portalChart(button);
      button.disabled = true;
      var script = document.createElement("script");
      script.src = assets + "charts.js";
      script.onload = function () { button.disabled = false; window.portalChart(button); };
      script.onerror = function () { button.disabled = false; };
      document.head.appendChild(script);
    });
  });

  /* --- where a number comes from, what a word means: shown over the page where the browser has dialogs
     The panel is a step in the history ({panel, figure}), so that "back" closes it and "forward" opens it again. */

  var ASKS = "a.origin, a.origin-link, a.term";
  var panel, opener;
  var leaving = false; /* "back" is under way */
  var closed = false; /* by that step, and its event is still to come: another may be open by then */

  function asked(state) { return state && typeof state.panel === "string" ? state : null; }

  /* Which figure a link stands for: the one in it, or the one beside it. */
  function figure(link) {
    var box = link.classList.contains("origin-link") ? link.parentNode : link;
    var found = box.querySelector("[data-figure]");
    return found ? found.getAttribute("data-figure") : "";
  }

  /* Anything else asks for a new window, a new tab, a file. */
  function plain(event) {
    return !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  }

  function made() {
    panel = document.createElement("dialog");
    panel.className = "portal-panel";
    panel.innerHTML = "<div class='portal-panel__head'><a>打开整页</a><button type='button'>关闭</button></div>" +
      "<div class='portal-panel__body md-typeset' tabindex='-1'></div>";
    panel.querySelector("button").addEventListener("click", leave);
    panel.addEventListener("click", function (event) { if (event.target === panel) leave(); });
    panel.addEventListener("cancel", function (event) { event.preventDefault(); leave(); });
    panel.addEventListener("close", function () {
      var expected = closed;
      closed = false;
      if (panel.open) return;
      if (!expected && asked(history.state)) leave(); /* a browser may close it without asking */
      if (opener) opener.focus();
    });
    /* The whole page takes the panel's place in the history: back from there is the page, not the panel's shadow. */
    panel.querySelector("a").addEventListener("click", function (event) {
      if (!plain(event)) return;
      event.preventDefault();
      location.replace(event.target.href);
    });
    document.body.appendChild(panel);
  }

  /* Whoever closes it goes back, and that closes it: never is it closed with its step still in the history, where the
     next one would be lost. */
  function leave() {
    if (leaving) return;
    leaving = true;
    history.back();
  }

  /* A heading speaks for what stands below it. */
  function whole(there, found) {
    if (!/^H[1-6]$/.test(found.tagName)) return found;
    var box = there.createElement("div");
    for (var next = found.nextElementSibling; next && next.tagName !== found.tagName; next = found.nextElementSibling) {
      if (!box.firstChild) box.appendChild(found.cloneNode(true));
      box.appendChild(next);
    }
    return box;
  }

  /* The part of a page that an address speaks of, its ids taken off and its links made whole; the line of the figure
     that was asked for comes first and is marked. */
  function part(html, state) {
    var there = new DOMParser().parseFromString(html, "text/html");
    var found = there.getElementById(decodeURIComponent(state.panel.split("#")[1] || ""));
    if (!found) return null;
    found = whole(there, found);
    var own = state.figure && there.getElementById(state.figure), line = own && found.contains(own) && own.closest("tr");
    if (line) {
      line.classList.add("asked");
      line.parentNode.insertBefore(line, line.parentNode.firstChild);
    }
    [].forEach.call(found.querySelectorAll("[href], [src]"), function (node) {
      ["href", "src"].forEach(function (name) {
        if (node.hasAttribute(name)) node.setAttribute(name, new URL(node.getAttribute(name), state.panel).href);
      });
    });
    [].forEach.call(found.querySelectorAll("[id]"), function (node) { node.removeAttribute("id"); });
    found.removeAttribute("id");
    return document.importNode(found, true);
  }

  function open(state, found, name) {
    if (!panel) made();
    var body = panel.querySelector(".portal-panel__body");
    body.textContent = "";
    body.appendChild(found);
    panel.setAttribute("aria-label", name);
    panel.querySelector("a").href = state.panel;
    if (!panel.open) panel.showModal();
    body.scrollTop = 0;
    fit();
  }

  /* What a panel is called: its figure and how much it is, else its heading, else its word. */
  function called(found) {
    var line = found.querySelector("tr.asked");
    var parts = line ? [line.querySelector("th"), line.querySelector("data")] : [found.querySelector("h2, dt")];
    return parts.map(function (node) { return node ? node.textContent.trim().replace(/\s+/g, " ") : ""; }).join("：");
  }

  /* Without a network the page stays as it is. */
  function unread(state) {
    var box = document.createElement("div"), again = document.createElement("button");
    box.innerHTML = "<p role='alert'>没有取到，可能是网络断了。这一页还在，联网后再试。</p><p></p>";
    again.type = "button";
    again.textContent = "重试";
    again.className = "portal-again";
    again.addEventListener("click", function () { look(state); });
    box.lastChild.appendChild(again);
    open(state, box, "没有取到");
  }

  function look(state) {
    function awaited() { return asked(history.state) && history.state.panel === state.panel; } /* not gone back meanwhile */
    if (opener) opener.setAttribute("aria-busy", "true");
    fetch(state.panel).then(function (answer) {
      if (!answer.ok) throw new Error(state.panel);
      return answer.text();
    }).then(function (html) {
      if (!awaited()) return;
      var found = part(html, state);
      if (found) open(state, found, called(found)); else location.replace(state.panel);
    }, function () { if (awaited()) unread(state); }).then(function () { if (opener) opener.removeAttribute("aria-busy"); });
  }

  function dialogs() { return "showModal" in document.createElement("dialog"); }

  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest(ASKS);
    if (!link || !plain(event) || link.closest("dialog") || !dialogs()) return;
    event.preventDefault();
    var state = { panel: link.href, figure: figure(link) };
    if (asked(history.state)) history.replaceState(state, ""); else history.pushState(state, "");
    opener = link;
    look(state);
  });

  /* Back, forward, and a page that is loaded again with its panel open. */
  function follow() {
    var state = asked(history.state);
    if (!state) {
      if (panel && panel.open) { closed = true; panel.close(); }
      return;
    }
    opener = [].filter.call(document.querySelectorAll(ASKS), function (link) {
      return link.href === state.panel && figure(link) === state.figure;
    })[0];
    if (dialogs()) look(state);
  }

  window.addEventListener("popstate", function () { leaving = false; follow(); });
  if (asked(history.state)) follow();

  /* --- what is there to be taken along: a citation, with the day on which it was read, or the code of a frame
     The old way of copying, because the new one is not there on sites without https. */

  function today() {
    var now = new Date();
    return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(function (n) { return (n < 10 ? "0" : "") + n; }).join("-");
  }

  function copier(text) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "portal-again";
    button.textContent = "复制";
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", function () {
      text.textContent = text.textContent.replace("[引用日期]", "[" + today() + "]");
      window.getSelection().selectAllChildren(text);
      button.textContent = document.execCommand("copy") ? "已复制" : "已选中，请复制";
    });
    return button;
  }

  document.addEventListener("toggle", function (event) {
    var box = event.target, line = box.open && box.classList.contains("cite") && box.querySelector("p");
    if (line && !box.querySelector("button")) box.insertBefore(copier(line.querySelector("code") || line), line.nextSibling);
  }, true);

  fit();
  window.addEventListener("resize", fit);
})();
