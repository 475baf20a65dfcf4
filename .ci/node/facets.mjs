/*
 * Narrowing lists down: facets with counts, free text, sorting, the state in the address, and a file of what is shown.
 *
 * The pages are complete without this: it reads their rows (data-at: where a row stands among the options of the form)
 * and hides or moves them. TanStack Table filters, counts and sorts. "make scripts" bundles both into
 * overrides/assets/facets.js, whose syntax Chromium 86 and Safari 13 know; nothing newer may be called either.
 */
import {
  columnFacetingFeature, columnFilteringFeature, constructTable, createFacetedRowModel, createFacetedUniqueValues,
  createFilteredRowModel, createSortedRowModel, filterFn_arrIncludesSome, globalFilteringFeature, rowSortingFeature,
  tableFeatures,
} from "@tanstack/table-core";
import { storeReactivityBindings } from "@tanstack/table-core/store-reactivity-bindings";

const QUIET = 300; // milliseconds without a change before the result is said
const LONGEST = 100; // characters of a query
const form = document.querySelector("[data-portal=facets]");
const list = document.querySelector("[data-list]");
const holder = list.tBodies ? list.tBodies[0] : list;
const unit = form.getAttribute("data-unit");
const wide = window.matchMedia("(min-width: 60em)");
const field = form.elements.q;
const said = form.querySelector("[role=status]");
const chips = form.querySelector(".facets-chips");
const clear = form.querySelector("[data-do=clear]");
const opener = form.querySelector(".facets-open button");
const first = said.textContent;
const collator = new Intl.Collator("zh-CN", { numeric: true });

function all(selector, from) { return Array.from((from || document).querySelectorAll(selector)); }

function make(name, of, text) {
  const element = document.createElement(name);
  if (of) element.className = of;
  if (text) element.textContent = text;
  return element;
}

/* --- what is there to choose from ------------------------------------------------------------------------- */

const facets = all("details.facet", form).map((box) => {
  const options = all("input", box).map((input) => {
    const label = input.parentNode;
    return { input, label, word: input.value, count: label.querySelector(".count"), known: label.querySelector(".count").textContent };
  });
  const summary = box.querySelector("summary");
  return { box, summary, name: summary.textContent, id: options[0].input.name, options };
});

const heads = all("th[data-sort]", list);
const select = form.elements.sort;
const sorts = heads.length
  ? heads.map((head) => ({ id: head.getAttribute("data-sort"), name: title(head), at: head.cellIndex, head }))
  : list.getAttribute("data-list").split(" ").map((pair) => ({ id: pair.split(":")[0], name: pair.split(":")[1] }));

/* --- what a row says -------------------------------------------------------------------------------------- */

/* Text as it is seen; small type (units, what is lacking) in brackets. */
function words(element) {
  let text = "";
  element.childNodes.forEach((node) => {
    if (node.nodeType === 3) text += node.nodeValue;
    else if (node.nodeType === 1 && !node.hasAttribute("aria-hidden")) text += node.tagName === "SMALL" ? "(" + words(node) + ")" : words(node);
  });
  return text.replace(/\s+/g, " ").trim();
}

function title(head) { return words(head).replace(" (", "("); }

function cell(element, sort) {
  return sort.head ? element.cells[sort.at] : element.querySelector("[data-col=" + sort.id + "]");
}

/* What a cell is sorted by: its place among states, its exact number, else its words; nothing where it is missing. */
function key(box) {
  if (!box) return undefined;
  if (box.hasAttribute("data-rank")) return Number(box.getAttribute("data-rank"));
  const data = box.querySelector("data");
  if (data) return data.getAttribute("value") === "" ? undefined : Number(data.getAttribute("value"));
  if (box.classList.contains("missing") || box.querySelector(".missing")) return undefined;
  return words(box) || undefined;
}

function plain(text) { return text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim(); }

function item(element) {
  const at = element.getAttribute("data-at").split("|");
  const found = { element, keys: {} };
  facets.forEach((facet, i) => {
    found[facet.id] = at[i] ? at[i].split(",").map((place) => facet.options[place].word) : [];
  });
  const more = facets.map((facet) => found[facet.id].join(" ")).join(" ");
  found.text = plain(element.textContent + " " + more);
  return found;
}

/* --- the table -------------------------------------------------------------------------------------------- */

const features = tableFeatures({
  coreReactivityFeature: storeReactivityBindings(),
  columnFilteringFeature, columnFacetingFeature, globalFilteringFeature, rowSortingFeature,
  filteredRowModel: createFilteredRowModel(), facetedRowModel: createFacetedRowModel(),
  facetedUniqueValues: createFacetedUniqueValues(), sortedRowModel: createSortedRowModel(),
});

function compare(one, other, id) {
  const a = one.getValue(id), b = other.getValue(id);
  return typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));
}

function columns() {
  const chosen = facets.map((facet) => ({
    id: facet.id, accessorFn: (row) => row[facet.id], getUniqueValues: (row) => row[facet.id],
    filterFn: filterFn_arrIncludesSome, enableGlobalFilter: false,
  }));
  const sorted = sorts.map((sort) => ({
    id: "by " + sort.id, accessorFn: (row) => key(cell(row.element, sort)), sortFn: compare, sortUndefined: "last",
    enableGlobalFilter: false,
  }));
  return chosen.concat(sorted, { id: "text", accessorFn: (row) => row.text, enableGlobalFilter: true });
}

function build(elements) {
  const items = elements.filter((element) => element.hasAttribute("data-at")).map(item);
  const rest = elements.filter((element) => !element.hasAttribute("data-at"));
  const table = constructTable({
    features, columns: columns(), data: items,
    globalFilterFn: (row, id, wanted) => wanted.every((word) => row.getValue(id).indexOf(word) >= 0),
  });
  return { items, rest, table };
}

const page = build(Array.from(holder.children));
let whole = form.hasAttribute("data-all") ? null : page; // the year's entries, where a page shows some of them
let fetching = null;

/* Entries of another page, with addresses that are right here. */
function adopt(html, address) {
  const other = new DOMParser().parseFromString(html, "text/html").querySelector("[data-list]");
  return Array.from(other.children).map((element) => {
    const own = document.importNode(element, true);
    all("a[href]", own).forEach((link) => { link.href = new URL(link.getAttribute("href"), address).href; });
    return own;
  });
}

function load() {
  const address = new URL(form.getAttribute("data-all"), location.href).href;
  fetching = fetching || fetch(address).then((answer) => {
    if (!answer.ok) throw new Error(address);
    return answer.text();
  }).then((html) => {
    whole = build(adopt(html, address));
    render();
  }).catch(() => { fetching = null; say("没有取到全年的清单，只看得到这一页的。"); });
}

/* --- the state, and the address --------------------------------------------------------------------------- */

let state = read();

/* The state that the address names; what is not there to choose from is left out. */
function read() {
  const asked = new URLSearchParams(location.search), chosen = {};
  facets.forEach((facet) => {
    const wanted = asked.getAll(facet.id);
    chosen[facet.id] = facet.options.map((option) => option.word).filter((word) => wanted.indexOf(word) >= 0);
  });
  const sort = asked.get("sort") || "";
  const known = sorts.some((one) => one.id === sort.replace(/^-/, ""));
  return { q: (asked.get("q") || "").slice(0, LONGEST), chosen, sort: known ? sort : "" };
}

function write(how) {
  const asked = new URLSearchParams();
  if (state.q) asked.set("q", state.q);
  facets.forEach((facet) => state.chosen[facet.id].forEach((word) => asked.append(facet.id, word)));
  if (state.sort) asked.set("sort", state.sort);
  const query = asked.toString(), address = location.pathname + (query ? "?" + query : "") + location.hash;
  if (address !== location.pathname + location.search + location.hash) history[how](null, "", address);
}

function terms() { return plain(state.q).split(" ").filter(Boolean); }

function narrowed() { return terms().length > 0 || facets.some((facet) => state.chosen[facet.id].length); }

/* --- showing ---------------------------------------------------------------------------------------------- */

let waiting = 0;

function say(text) {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => { if (said.textContent !== text) said.textContent = text; }, QUIET);
}

function told(total, shown, sums) {
  const by = sorts.filter((sort) => sort.id === state.sort.replace(/^-/, ""))[0];
  let text = narrowed() ? "共 " + total + " " + unit + "，显示 " + shown + " " + unit + "。" : first;
  if (narrowed() && !shown) text += "没有符合的，去掉几个条件试试。";
  if (narrowed() && sums) text += "合计是全部的，筛选时不显示。";
  if (by) text += select ? select.options[select.selectedIndex].text + "。" : "按“" + by.name + "”" + (state.sort[0] === "-" ? "倒着" : "顺着") + "排。";
  return text;
}

/* The rows in their order, those that are left out behind them, sums last. */
function arrange(set, rows) {
  const shown = new Set(rows), sums = narrowed();
  const order = rows.concat(set.items.filter((one) => !shown.has(one))).map((one) => one.element).concat(set.rest);
  set.items.forEach((one) => { one.element.hidden = !shown.has(one); });
  set.rest.forEach((element) => { element.hidden = sums; });
  const now = Array.from(holder.children);
  if (now.length === order.length && now.every((element, i) => element === order[i])) return;
  const parts = document.createDocumentFragment();
  now.forEach((element) => holder.removeChild(element));
  order.forEach((element) => parts.appendChild(element));
  holder.appendChild(parts);
}

function options(set) {
  facets.forEach((facet) => {
    const counts = set && set.table.getColumn(facet.id).getFacetedUniqueValues(), chosen = state.chosen[facet.id];
    facet.options.forEach((option) => {
      const count = set ? String(counts.get(option.word) || 0) : option.known;
      option.input.checked = chosen.indexOf(option.word) >= 0;
      option.input.disabled = count === "0" && !option.input.checked;
      option.label.classList.toggle("none", option.input.disabled);
      if (option.count.textContent !== count) option.count.textContent = count;
    });
    facet.summary.textContent = facet.name + (chosen.length ? "（" + chosen.length + "）" : "");
    facet.summary.classList.toggle("chosen", chosen.length > 0);
  });
}

function chip(text, drop) {
  const line = make("li"), button = make("button", "", text);
  button.type = "button";
  button.setAttribute("aria-label", "去掉：" + text);
  button.appendChild(make("span", "cross", "×")).setAttribute("aria-hidden", "true");
  button.addEventListener("click", () => {
    drop();
    change("pushState");
    (chips.querySelector("button") || said).focus();
  });
  line.appendChild(button);
  chips.appendChild(line);
}

function listed() {
  chips.textContent = "";
  if (terms().length) chip("“" + state.q.trim() + "”", () => { state.q = ""; });
  facets.forEach((facet) => state.chosen[facet.id].forEach((word) => chip(facet.name + "：" + word, () => {
    state.chosen[facet.id] = state.chosen[facet.id].filter((other) => other !== word);
  })));
  chips.hidden = !chips.firstChild;
  clear.hidden = chips.hidden;
}

function render() {
  const active = narrowed() || state.sort !== "", many = facets.reduce((sum, f) => sum + state.chosen[f.id].length, 0);
  const set = active && whole || page, table = set.table;
  table.setColumnFilters(facets.filter((f) => state.chosen[f.id].length).map((f) => ({ id: f.id, value: state.chosen[f.id] })));
  table.setGlobalFilter(terms().length ? terms() : undefined);
  table.setSorting(state.sort ? [{ id: "by " + state.sort.replace(/^-/, ""), desc: state.sort[0] === "-" }] : []);
  const rows = table.getRowModel().rows.map((row) => row.original);
  if (field.value !== state.q) field.value = state.q;
  arrange(set, rows);
  options(set === page && form.hasAttribute("data-all") ? null : set);
  listed();
  /* On a phone the count stands far below, behind all the options: the button, which stays in sight, has it too. */
  const left = narrowed() && whole ? "，显示 " + rows.length + " " + unit : "";
  opener.textContent = opener.textContent.split(/[（，]/)[0] + (many ? "（" + many + "）" : "") + left;
  all("[data-paged]").forEach((element) => { element.hidden = active && whole !== null && whole !== page; });
  form.classList.toggle("active", active);
  sorts.forEach((sort) => {
    if (sort.head) sort.head.setAttribute("aria-sort", state.sort === sort.id ? "ascending" : state.sort === "-" + sort.id ? "descending" : "none");
  });
  if (select) select.value = state.sort;
  if (active && !whole) {
    say("正在取全年的清单…");
    load();
  } else say(told(set.items.length, rows.length, set.rest.length));
}

function change(how) {
  write(how);
  render();
}

/* --- the file --------------------------------------------------------------------------------------------- */

/* As a spreadsheet takes it: numbers without separators; what it would run as a formula is only text. */
function value(shown) {
  const text = shown.replace(/^\u2212(?=\d)/, "-"); // people are shown a true minus sign
  if (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) return text.replace(/,/g, "");
  const harmless = /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d[\d.]*$/.test(text) ? "'" + text : text;
  return /[",\r\n]/.test(harmless) ? '"' + harmless.replace(/"/g, '""') + '"' : harmless;
}

function place(element) {
  const link = element.querySelector("th a[href], h3 a[href]");
  if (link && !link.closest("[data-figure]")) return link.href;
  return element.id ? location.origin + location.pathname + "#" + element.id : "";
}

function csv() {
  const rows = Array.from(holder.children).filter((e) => e.hasAttribute("data-at") && !e.hidden);
  const names = heads.length ? all("thead th", list).map(title) : sorts.map((sort) => sort.name);
  const lines = rows.map((element) => {
    const boxes = heads.length ? Array.from(element.cells) : sorts.map((sort) => cell(element, sort));
    return boxes.map((box) => (box ? words(box) : "")).concat(place(element), element.getAttribute("data-kind"));
  });
  return "\ufeff" + [names.concat("网址", "数据性质")].concat(lines).map((line) => line.map(value).join(",") + "\r\n").join("");
}

function download() {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" }));
  link.download = document.querySelector("h1").textContent.trim().replace(/[\\/:*?"<>|\s]+/g, " ") + (narrowed() ? "（筛选）" : "") + ".csv";
  document.body.appendChild(link);
  link.click();
  document.body.removeChild(link);
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/* --- what people do --------------------------------------------------------------------------------------- */

function shut(but) {
  facets.forEach((facet) => { if (facet.box !== but) facet.box.open = false; });
}

function typed(event) {
  if (event.isComposing) return;
  state.q = field.value;
  change("replaceState");
}

heads.forEach((head) => {
  const button = make("button"), id = head.getAttribute("data-sort");
  const numeric = head.classList.contains("num");
  button.type = "button";
  while (head.firstChild) button.appendChild(head.firstChild);
  head.appendChild(button);
  button.addEventListener("click", () => {
    const turns = numeric ? ["-" + id, id, ""] : [id, "-" + id, ""];
    state.sort = turns[(turns.indexOf(state.sort) + 1) % 3];
    change("pushState");
  });
});

form.addEventListener("submit", (event) => event.preventDefault());
field.addEventListener("input", typed);
field.addEventListener("compositionend", typed);
form.addEventListener("change", (event) => {
  const input = event.target;
  if (input === select) state.sort = select.value;
  else if (input.type === "checkbox") {
    const facet = facets.filter((one) => one.id === input.name)[0];
    state.chosen[facet.id] = facet.options.filter((o) => o.input.checked).map((o) => o.word);
  } else return;
  change("pushState");
});
if (!whole) form.addEventListener("focusin", load);
clear.addEventListener("click", () => {
  state = { q: "", chosen: {}, sort: state.sort };
  facets.forEach((facet) => { state.chosen[facet.id] = []; });
  change("pushState");
  said.focus();
});
form.querySelector("[data-do=csv]").addEventListener("click", download);
opener.addEventListener("click", () => {
  opener.setAttribute("aria-expanded", String(form.classList.toggle("open")));
});

/* On a wide screen the options lie over the list, one facet at a time. */
form.addEventListener("toggle", (event) => {
  const box = event.target;
  if (!box.open || !wide.matches) return;
  shut(box);
  const panel = box.querySelector("fieldset");
  box.classList.remove("flip");
  box.classList.toggle("flip", panel.getBoundingClientRect().right > document.documentElement.clientWidth);
}, true);
document.addEventListener("click", (event) => { if (wide.matches && !event.target.closest(".facet")) shut(); });
form.addEventListener("keydown", (event) => {
  const box = event.target.closest(".facet[open]");
  if (event.key !== "Escape" || !box) return;
  box.open = false;
  box.querySelector("summary").focus();
});
window.addEventListener("popstate", () => { state = read(); render(); });

form.classList.add("ready");
if (location.search) render();
