/* The desk: shows what was chosen, ticks all answers at once, and says that it is at work. All of it works without. */
(function () {
  "use strict";
  var input = document.getElementById("files");
  var drop = document.querySelector(".drop");
  var chosen = document.querySelector(".chosen");

  if (input) {
    input.addEventListener("change", function () {
      chosen.textContent = "";
      Array.from(input.files).forEach(function (file) {
        var line = document.createElement("li");
        line.textContent = file.name;
        chosen.appendChild(line);
      });
    });
    ["dragenter", "dragover"].forEach(function (name) {
      drop.addEventListener(name, function (event) { event.preventDefault(); drop.classList.add("over"); });
    });
    ["dragleave", "drop"].forEach(function (name) {
      drop.addEventListener(name, function () { drop.classList.remove("over"); });
    });
    drop.addEventListener("drop", function (event) {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change"));
    });
    /* A file dropped beside the field would open in the place of this page. */
    ["dragover", "drop"].forEach(function (name) {
      document.addEventListener(name, function (event) { event.preventDefault(); });
    });
  }

  var all = document.querySelector("[data-all]");
  if (all) {
    all.addEventListener("click", function () {
      all.form.querySelectorAll("[type=checkbox]").forEach(function (box) { box.checked = true; });
    });
  }

  Array.from(document.forms).forEach(function (form) {
    form.addEventListener("submit", function (event) {
      var button = event.submitter || form.querySelector("[type=submit]");
      button.textContent = form.getAttribute("data-busy");
      /* Not before the form is on its way: a disabled button sends neither its name nor its address. */
      setTimeout(function () { button.disabled = true; }, 0);
    });
  });
})();
