/* Small comforts; without them the browser's own zoom and scrolling do the same work. */
(function () {
  "use strict";
  var root = document.documentElement;
  var boxes = [].slice.call(document.querySelectorAll(".table-wrap"));
  var button = document.querySelector("[data-portal=size]");
  var large = false;

  /* Tables: a box that has nothing to scroll is no stop for the keyboard and lets the header stick to the window. */
  function fit() {
    boxes.forEach(function (box) {
      box.classList.remove("fits", "long");
      var fits = box.scrollWidth <= box.clientWidth;
      var long = box.scrollHeight > 1.2 * window.innerHeight;
      box.classList.toggle("fits", fits);
      box.classList.toggle("long", long && !fits);
      if (fits) box.removeAttribute("tabindex"); else box.tabIndex = 0;
    });
  }

  /* Search, and what narrows a list down, load on their own pages only. */
  function load() {
    var form = document.querySelector("[data-script]");
    if (!form) return;
    var script = document.createElement("script");
    script.src = form.getAttribute("data-script");
    script.onerror = function () { form.classList.add("failed"); };
    document.head.appendChild(script);
  }

  /* The large-type version. */
  function show() {
    root.classList.toggle("portal-large", large);
    if (button) button.setAttribute("aria-pressed", String(large));
    fit();
  }

  load();
  try { large = localStorage.getItem("portal.size") === "large"; } catch (error) { /* private window */ }
  show();
  window.addEventListener("resize", fit);
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", function () {
    large = !large;
    try { localStorage.setItem("portal.size", large ? "large" : "normal"); } catch (error) { /* not kept */ }
    show();
  });
})();
