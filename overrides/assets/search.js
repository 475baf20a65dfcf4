/* Search: asks the index that Pagefind made, in this browser. Where that cannot run, it reads a plain list instead.
   What is searched for stands in the address (?q=), so that a search can be kept, shared and gone back to. */
(function () {
  "use strict";
  var SHOWN = 10, MOST = 20;
  var form = document.querySelector("[data-portal=search]");
  var box = document.querySelector("[data-portal=found]");
  var status = box.querySelector("[role=status]");
  var list = box.querySelector("ol");
  var more = box.querySelector("button");
  var other = box.querySelector(".found-more a");
  var root = form.getAttribute("data-root");
  var index = new URL(form.getAttribute("data-index"), location.href).href;
  var years = form.getAttribute("data-years").split(" ");
  var asked = new URLSearchParams(location.search);
  var query = (asked.get("q") || "").trim().slice(0, 100);
  var all = asked.get("years") === "all";
  var shelves = {}, merged = years.slice(0, 1), started;

  /* The same as TOKEN in generator/search.py. */
  var HAN = "\\u3007\\u3400-\\u9fff\\u{20000}-\\u{3ffff}";
  var TOKEN = new RegExp("[" + HAN + "]|\\p{Nd}+|(?:(?![" + HAN + "\\p{Nd}])[\\p{L}\\p{N}])+", "gu");

  function tokens(text) {
    return text.normalize("NFKC").toLowerCase().match(TOKEN) || [];
  }

  function json(address) {
    return fetch(address, { cache: "no-cache" }).then(function (answer) {
      if (!answer.ok) throw new Error(address);
      return answer.json();
    });
  }

  /* Pagefind, started once. Its worker would be another 40 KB, and searching here takes some milliseconds. */
  function engine(some) {
    started = started || import(index + years[0] + "/pagefind.js").then(function (module) {
      var made = module.createInstance({ noWorker: true });
      return made.search("").then(function () { return made; }); /* fails where it cannot run */
    });
    return started.then(function (made) {
      var missing = some.filter(function (year) { return merged.indexOf(year) < 0; });
      merged = merged.concat(missing);
      return Promise.all(missing.map(function (year) { return made.mergeIndex(index + year + "/"); }))
        .then(function () { return made; });
    });
  }

  /* Gives the ids of results, the best first: pages that have each word as it was written, or all its characters. */
  function indexed(words, some) {
    return engine(some).then(function (made) {
      function ask(text) { return made.search(text).then(function (answer) { return answer.results; }); }
      var phrases = words.map(function (word) { return ask('"' + word.join(" ") + '"'); });
      return Promise.all([ask([].concat.apply([], words).join(" "))].concat(phrases));
    }).then(function (answers) {
      var ids = answers.map(function (hits) { return hits.map(function (hit) { return hit.id; }); });
      var sets = ids.slice(1).map(function (list) { return new Set(list); });
      var exact = ids[0].filter(function (id) { return sets.every(function (set) { return set.has(id); }); });
      return { exact: exact.length > 0, hits: exact.length ? exact : ids[0] };
    });
  }

  /* The plain list, for browsers without WebAssembly as Pagefind uses it. Gives the results themselves. */
  function listed(words, some) {
    return Promise.all(some.map(function (year) { return json(index + year + "/pages.json"); })).then(function (lists) {
      function has(text) {
        var there = " " + tokens(text).join(" ") + " ";
        return words.map(function (word) { return there.indexOf(" " + word.join(" ") + " ") >= 0; });
      }
      var found = [].concat.apply([], lists).map(function (page) {
        var title = has(page.title), text = has(page.text), rest = has(page.words);
        var all = words.every(function (word, i) { return title[i] || text[i] || rest[i]; });
        return { page: page, rank: all ? 1 + title.filter(Boolean).length : 0 };
      }).filter(function (hit) { return hit.rank; });
      found.sort(function (a, b) { return b.rank - a.rank || a.page.title.length - b.page.title.length; });
      return { exact: true, hits: found.map(function (hit) { return hit.page; }) };
    });
  }

  /* What a result shows, from its id: zh-YEAR_DIGITS. */
  function entry(hit) {
    if (typeof hit !== "string") return Promise.resolve(hit);
    var parts = /^zh-(\d{4})_(..)/.exec(hit), address = index + parts[1] + "/shown/" + parts[2] + ".json";
    shelves[address] = shelves[address] || json(address);
    return shelves[address].then(function (shelf) { return shelf[hit]; });
  }

  function make(name, of, inside) {
    var element = document.createElement(name);
    if (of) element.className = of;
    if (inside) element.appendChild(inside);
    return element;
  }

  /* Text with the words of the query marked; it never becomes markup. */
  function marked(text, words) {
    var parts = document.createDocumentFragment(), last = 0;
    var pattern = new RegExp(words.map(function (word) { return word.join("[^\\p{L}\\p{N}]*"); }).join("|"), "giu");
    text.replace(pattern, function (found) {
      var at = arguments[arguments.length - 2];
      parts.appendChild(document.createTextNode(text.slice(last, at)));
      parts.appendChild(make("mark", "", document.createTextNode(found)));
      last = at + found.length;
      return found;
    });
    parts.appendChild(document.createTextNode(text.slice(last)));
    return parts;
  }

  function item(page, words) {
    var link = make("a", "", marked(page.title, words)), line = make("li");
    var way = make("p", "found-way");
    link.href = root + page.path;
    line.appendChild(make("p", "found-title", link));
    if (page.demo) way.appendChild(make("span", "tag-demo", document.createTextNode("演示")));
    way.appendChild(document.createTextNode(page.way));
    line.appendChild(way);
    line.appendChild(make("p", "found-text", marked(page.text, words)));
    return line;
  }

  function show(hits, words, from) {
    return Promise.all(hits.slice(from, from + SHOWN).map(entry)).then(function (pages) {
      var lines = pages.filter(Boolean).map(function (page) { return list.appendChild(item(page, words)); });
      var left = hits.length - from - SHOWN;
      more.hidden = left <= 0;
      more.textContent = "再看 " + Math.min(left, SHOWN) + " 条";
      more.onclick = function () {
        show(hits, words, from + SHOWN).then(function (added) {
          if (added[0]) added[0].querySelector("a").focus();
        }, failed);
      };
      return lines;
    });
  }

  function say(text) { status.textContent = text; }

  function failed() {
    say("搜索没有成功：索引没有取到。请检查网络后再搜一次，或者从下面的清单里找。");
  }

  function find(words, some) {
    return indexed(words, some).catch(function () { return listed(words, some); });
  }

  function told(found, here) {
    var quoted = "“" + query + "”", where = here.length > 1 ? "各年一共" : "";
    if (!found.hits.length) return "没有找到" + quoted + "。换一个短些的词试试，或者从下面的清单里找。";
    if (!found.exact) return "没有照原样写着" + quoted + "的页面。" + where + "有 " + found.hits.length + " 页分开写着这些字：";
    return where + "找到 " + found.hits.length + " 页写着" + quoted + "。";
  }

  function run() {
    var words = query.split(/\s+/).map(tokens).filter(function (word) { return word.length; }).slice(0, MOST);
    var here = all ? years : years.slice(0, 1);
    box.hidden = false;
    if (!words.length) return say("请写下要找的字，标点不算。");
    say("正在找“" + query + "”…");
    find(words, here).then(function (found) {
      if (found.exact && found.hits.length || here.length === years.length) return found;
      here = years; /* nothing in the newest year: then in all of them */
      return find(words, here);
    }).then(function (found) {
      return show(found.hits, words, 0).then(function () { say(told(found, here)); });
    }).catch(failed).then(function () {
      if (years.length < 2) return;
      asked.set("years", "all");
      if (here.length > 1) asked.delete("years");
      other.hidden = here.length > 1 && !all;
      other.href = "?" + asked.toString();
      other.textContent = here.length > 1 ? "只看 " + years[0] + " 年" : "在全部年份里搜";
    });
  }

  document.querySelector("[data-portal=plain]").hidden = true;
  form.elements.q.value = query;
  if (all) {
    var kept = make("input");
    kept.type = "hidden";
    kept.name = "years";
    kept.value = "all";
    form.appendChild(kept);
  }
  if (query) run();
})();
