/* Charts that answer: the same picture, drawn again by Vega in this browser, says each value that is pointed at, by
   finger, mouse or arrow key. Loaded when a reader asks for one; Vega itself, with its expressions interpreted and not
   compiled, comes from this site (assets/vega.js). The picture stays where that fails. */
(function () {
  "use strict";
  var root = document.documentElement;
  var assets = document.currentScript.src.replace(/[^/]*$/, "");
  var FONT = "Noto Sans SC"; /* what the picture was drawn with; here, the page's own */
  var loading, live = [];

  function vega() {
    loading = loading || new Promise(function (done, fail) {
      var script = document.createElement("script");
      script.src = assets + "vega.js";
      script.onload = function () { if (window.portalVega) done(window.portalVega); else fail(new Error("vega")); };
      script.onerror = fail;
      document.head.appendChild(script);
    });
    return loading;
  }

  function data(address) {
    return fetch(address).then(function (answer) {
      if (!answer.ok) throw new Error(address);
      return answer.text();
    });
  }

  /* The specification in the colours and the type of the page as it is now. */
  function dressed(text) {
    var style = getComputedStyle(root), body = JSON.parse(text);
    Object.keys(body.colours).forEach(function (colour) {
      text = text.split('"' + colour + '"').join('"' + style.getPropertyValue(body.colours[colour]).trim() + '"');
    });
    var family = getComputedStyle(document.body).fontFamily.replace(/"/g, "'");
    return JSON.parse(text.split('"font":"' + FONT + '"').join('"font":' + JSON.stringify(family)));
  }

  function size(mark) { return (mark.bounds.x2 - mark.bounds.x1) * (mark.bounds.y2 - mark.bounds.y1); }

  /* What stands for each row: its point if it has one, else the largest of its bars. */
  function marks(item, found) {
    (item.items || []).forEach(function (child) {
      var datum = child.datum, kind = child.mark && child.mark.marktype, old;
      if (datum && typeof datum.row === "number" && (kind === "symbol" || kind === "rect")) {
        old = found[datum.row];
        if (!old || (old.mark.marktype !== "symbol" && (kind === "symbol" || size(child) > size(old)))) found[datum.row] = child;
      }
      marks(child, found);
    });
    return found;
  }

  function shell(figure) {
    var box = document.createElement("div"), said = document.createElement("p");
    box.className = "chart-live";
    box.tabIndex = 0;
    box.setAttribute("role", "application");
    box.setAttribute("aria-roledescription", "交互图表");
    box.setAttribute("aria-label", figure.querySelector(".finding").textContent + "。用左右方向键逐个读数。");
    said.className = "chart-said";
    said.setAttribute("role", "status");
    said.textContent = "指着图上的点或条，或者用左右方向键，看每个数。";
    figure.insertBefore(box, figure.querySelector(".chart-tools"));
    figure.insertBefore(said, figure.querySelector(".chart-tools"));
    return { box: box, said: said };
  }

  function Live(figure, button, text, engine) {
    var parts = shell(figure), box = parts.box, said = parts.said;
    var pictures = [].slice.call(figure.querySelectorAll(".chart-wide, .chart-narrow"));
    var place = document.createElement("div"), spot = document.createElement("div");
    var body = JSON.parse(text), at = -1, words = body.said, view, found = [];

    box.appendChild(place);
    box.appendChild(spot);
    if (body.demo) box.appendChild(document.createElement("span")).textContent = body.demo;
    spot.className = "spot";
    spot.hidden = true;

    function tell(row) {
      at = row;
      said.textContent = words[row];
      var mark = found[row], frame = mark && mark.bounds, origin = view.origin(), inner = view.padding();
      var offset = { x: origin[0] + inner.left, y: origin[1] + inner.top };
      for (var group = mark && mark.mark && mark.mark.group; group; group = group.mark && group.mark.group) {
        offset.x += group.x || 0;
        offset.y += group.y || 0;
      }
      spot.hidden = !frame;
      if (!frame) return;
      spot.style.left = offset.x + frame.x1 - 4 + "px";
      spot.style.top = offset.y + frame.y1 - 4 + "px";
      spot.style.width = frame.x2 - frame.x1 + 8 + "px";
      spot.style.height = frame.y2 - frame.y1 + 8 + "px";
    }

    this.draw = function () {
      pictures.forEach(function (picture) { picture.hidden = false; });
      var wide = getComputedStyle(pictures[0]).display !== "none";
      var spec = dressed(text)[wide ? "wide" : "narrow"];
      return engine.embed(place, spec, {
        mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false, tooltip: false, logLevel: 1,
      }).then(function (made) {
        view = made.view;
        found = marks(view.scenegraph().root, []);
        place.setAttribute("aria-hidden", "true");
        pictures.forEach(function (picture) { picture.hidden = true; });
        ["mousemove", "touchstart", "click"].forEach(function (name) {
          view.addEventListener(name, function (event, item) {
            if (item && item.datum && typeof item.datum.row === "number" && item.datum.row !== at) tell(item.datum.row);
          });
        });
        if (at >= 0) tell(at);
      });
    };

    box.addEventListener("keydown", function (event) {
      var step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      var next = event.key === "Home" ? 0 : event.key === "End" ? words.length - 1 : step ? at + step : null;
      if (next === null || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      tell(Math.max(0, Math.min(words.length - 1, at < 0 && step === -1 ? words.length - 1 : next)));
    });

    this.end = function () {
      if (view) view.finalize();
      figure.removeChild(box);
      figure.removeChild(said);
      pictures.forEach(function (picture) { picture.hidden = false; });
      button.textContent = "交互图表";
      button.setAttribute("aria-pressed", "false");
    };
    this.button = button;
    this.box = box;
  }

  window.portalChart = function (button) {
    var figure = button.closest(".chart"), open = live.filter(function (one) { return one.button === button; })[0];
    if (open) {
      open.end();
      live.splice(live.indexOf(open), 1);
      return;
    }
    button.disabled = true;
    button.textContent = "正在取…";
    Promise.all([vega(), data(button.getAttribute("data-chart"))]).then(function (got) {
      var one = new Live(figure, button, got[1], got[0]);
      live.push(one);
      return one.draw().then(function () {
        button.textContent = "换回图片";
        button.setAttribute("aria-pressed", "true");
        one.box.focus({ preventScroll: true });
      }, function (error) { one.end(); live.pop(); throw error; });
    }).catch(function () {
      button.textContent = "这个浏览器画不了，请看图片和表";
    }).then(function () { button.disabled = button.textContent.indexOf("画不了") >= 0; });
  };

  /* When the page turns dark, or large, or narrow, so do the charts that are open. */
  function again() { live.forEach(function (one) { one.draw(); }); }
  new MutationObserver(again).observe(root, { attributes: true, attributeFilter: ["class"] });
  var waiting;
  window.addEventListener("resize", function () {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(again, 200);
  });
})();
