/* Search: asks the index that Pagefind made, in this browser. Where that cannot run, it reads a plain list instead.
   What is searched for stands in the address (?q=), so that a search can be kept, shared and gone back to. */
(function () {
  "use strict";
  var SHOWN = 10, SHORT = 4;
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
  var whole = new Set(), shelves = {}, merged = years.slice(0, 1), started;

  /* The same as TOKEN in generator/search.py. */
  var HAN = "\\u3007\\u3400-\\u9fff\\u{20000}-\\u{3ffff}";
  var ONE = new RegExp("[" + HAN + "]", "u");
  var TOKEN = new RegExp("[" + HAN + "]|\\p{Nd}+|(?:(?![" + HAN + "\\p{Nd}])[\\p{L}\\p{N}])+", "gu");

  function tokens(text) {
    return text.normalize("NFKC").toLowerCase().match(TOKEN) || [];
  }

  var JOINT = "\u3007";

  function glued(word) {
    return word.reduce(function (text, token, i) {
      return text + (!i || ONE.test(word[i - 1]) || ONE.test(token) ? "" : JOINT) + token;
    }, "");
  }

  /* The same as pairs in generator/search.py. A word of one token is that token: it is indexed besides. */
  function pairs(word) {
    if (word.length === 1) return word;
    return word.slice(1).map(function (token, i) { return glued([word[i], token]); });
  }

  /* A word cut before and after each name in it, the longest name first. */
  function parted(word) {
    for (var size = word.length; size > 2; size -= 1) {
      for (var at = 0; at + size <= word.length; at += 1) {
        var name = word.slice(at, at + size), after = word.slice(at + size);
        if (whole.has(name.join(" "))) {
          return [].concat(at ? parted(word.slice(0, at)) : [], [name], after.length ? parted(after) : []);
        }
      }
    }
    return [word];
  }

  /* What may stand apart when no page has the word as it was written: a name as a whole, else token beside token. */
  function pieces(word) {
    if (word.length === 1 || whole.has(word.join(" "))) return [word];
    return word.slice(1).map(function (token, i) { return [word[i], token]; });
  }

  /* Whether pieces that are there, of all words one after the other, have every token of them. */
  function covered(words, there) {
    var from = 0;
    return words.every(function (word) {
      var own = there.slice(from, from += pieces(word).length);
      return own.length === 1 ? own[0] : word.every(function (token, i) { return own[i - 1] || own[i]; });
    });
  }

  function flat(lists) { return [].concat.apply([], lists); }

  function json(address) {
    return fetch(address, { cache: "no-cache" }).then(function (answer) {
      if (!answer.ok) throw new Error(address);
      return answer.json();
    });
  }

  /* Pagefind, started once. Its worker would be another 40 KB, and searching here takes some milliseconds. */
  function engine(some) {
    started = started || import(index + years[0] + "/pagefind.js").then(function (module) {
      /* On Chinese pages it cuts what it is asked by the browser's dictionary. It looks at the language here, once. */
      var made, top = document.documentElement, language = top.lang;
      top.lang = "und";
      try { made = module.createInstance({ noWorker: true }); } finally { top.lang = language; }
      return made.search("").then(function () { return made; }); /* fails where it cannot run */
    });
    return started.then(function (made) {
      var missing = some.filter(function (year) { return merged.indexOf(year) < 0; });
      merged = merged.concat(missing);
      return Promise.all(missing.map(function (year) { return made.mergeIndex(index + year + "/"); }))
        .then(function () { return made; });
    });
  }

  /* What to ask for a word: its pairs, side by side. The pairs of a name stand in most pages, so it is asked for as a
     whole, and in a longer word what is beside it together with its nearest token. */
  function terms(word) {
    var asked = [], run = [];
    function end() { if (run.length > 1 || !asked.length) asked.push(pairs(run)); }
    parted(word).forEach(function (part) {
      if (!whole.has(part.join(" "))) { run = run.concat(part); return; }
      asked.push([JOINT + glued(part)]);
      run.push(part[0]);
      end();
      run = part.slice(-1);
    });
    end();
    return asked;
  }

  /* How well each page has these terms side by side, by its id. */
  function scores(made, terms) {
    return made.search('"' + terms.join(" ") + '"').then(function (answer) {
      return new Map(answer.results.map(function (hit) { return [hit.id, hit.score]; }));
    });
  }

  /* The ids of the pages that have each word as it was written, the best first. Pagefind ranks what has the characters
     anywhere, and leaves out those that it does not know; each word in quotes must be there. */
  function indexed(words, some) {
    return engine(some).then(function (made) {
      var all = flat(words.map(terms));
      var ranked = made.search(flat(all).join(" "));
      return Promise.all([ranked].concat(all.map(function (terms) { return scores(made, terms); })));
    }).then(function (found) {
      var ids = found[0].results.map(function (hit) { return hit.id; });
      return ids.filter(function (id) { return found.slice(1).every(function (score) { return score.has(id); }); });
    });
  }

  /* The same of the pages in which each token stands beside one of its neighbours. That no page has the words as they
     were written is known by their pairs, so these are here already. */
  function loosely(words, some) {
    return engine(some).then(function (made) {
      return Promise.all(flat(words.map(pieces)).map(function (piece) { return scores(made, terms(piece)[0]); }));
    }).then(function (found) {
      var sums = new Map();
      found.forEach(function (score) {
        score.forEach(function (value, id) { sums.set(id, (sums.get(id) || 0) + value); });
      });
      return Array.from(sums.keys()).filter(function (id) {
        return covered(words, found.map(function (score) { return score.has(id); }));
      }).sort(function (a, b) { return sums.get(b) - sums.get(a); });
    });
  }

  /* The plain list, for browsers without WebAssembly as Pagefind uses it. Gives the results themselves. */
  function listed(words, some, loose) {
    var asked = loose ? flat(words.map(pieces)) : words;
    return Promise.all(some.map(function (year) { return json(index + year + "/pages.json"); })).then(function (lists) {
      function has(text) {
        var lines = text.split("\n").map(function (line) { return tokens(line).join(" "); });
        var there = " " + lines.join(" _ ") + " ";
        return asked.map(function (word) { return there.indexOf(" " + word.join(" ") + " "); });
      }
      function yes(place) { return place >= 0; }
      var found = flat(lists).map(function (page) {
        var title = has(page.title), names = has(page.words), text = has(page.text.replace(/\p{Nd}[\p{Nd},.]*/gu, " "));
        var there = asked.map(function (word, i) { return yes(title[i]) || yes(names[i]) || yes(text[i]); });
        var every = loose ? covered(words, there) : there.every(Boolean);
        /* Names come first among the words: what stands early says more of what the page is. */
        var rank = names.filter(yes).reduce(function (sum, place) { return sum + 1 + 1 / (1 + place); },
          1 + 2 * title.filter(yes).length);
        return { page: page, rank: every ? rank * (page.behind ? 0.04 : 1) : 0 };
      }).filter(function (hit) { return hit.rank; });
      found.sort(function (a, b) { return b.rank - a.rank; });
      return found.map(function (hit) { return hit.page; });
    });
  }

  /* What a result shows, from its id: zh-YEAR-DIGITS_ID, and so many digits of it name the file. */
  function entry(hit) {
    if (typeof hit !== "string") return Promise.resolve(hit);
    var parts = /^zh-(\d{4})-(\d)_(.*)/.exec(hit);
    var address = index + parts[1] + "/shown/" + parts[3].slice(0, +parts[2]) + ".json";
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

  function find(words, some, loose) {
    return (loose ? loosely : indexed)(words, some).catch(function () { return listed(words, some, loose); });
  }

  /* As it was written in the years asked for, then in all years, then in parts of which each has two characters at
     least, then a short one's characters anywhere in a page (of a long one they stand in too many), then what is left
     of it without numbers: amounts are not in the index. A query that names an older year asks for all years. */
  function tries(words) {
    var apart = flat(words).map(function (token) { return [token]; });
    var list = [{ words: words, years: years }];
    var older = flat(words).some(function (token) { return years.indexOf(token) > 0; });
    if (!all && !older && years.length > 1) list.unshift({ words: words, years: years.slice(0, 1) });
    var but = "分开写着这些字";
    if (apart.length > words.length) {
      list.push({ words: flat(words.map(parted)), years: years, but: but, loose: true });
      if (apart.length <= SHORT) list.push({ words: apart, years: years, but: but });
    }
    var rest = words.map(function (word) { return word.filter(function (token) { return !/^\p{Nd}/u.test(token); }); })
      .filter(function (word) { return word.length; });
    if (rest.length && flat(rest).length < apart.length) {
      list.push({ words: rest, years: years, but: "写着数字以外的字" });
    }
    return list;
  }

  function first(left) {
    return find(left[0].words, left[0].years, left[0].loose).then(function (hits) {
      return hits.length || left.length === 1 ? { hits: hits, how: left[0] } : first(left.slice(1));
    });
  }

  function told(hits, how) {
    var quoted = "“" + query + "”", where = how.years.length > 1 ? "各年一共" : "";
    if (!hits.length) return "没有找到" + quoted + "。换一个短些的词试试，或者从下面的清单里找。";
    if (how.but) return "没有照原样写着" + quoted + "的页面。" + where + "有 " + hits.length + " 页" + how.but + "：";
    return where + "找到 " + hits.length + " 页写着" + quoted + "。";
  }

  /* The way from the newest year to all years, and back. */
  function offer(how) {
    var wide = how.years.length > 1;
    if (years.length < 2 || wide && !all) return;
    if (wide) asked.delete("years"); else asked.set("years", "all");
    other.href = "?" + asked.toString();
    other.textContent = wide ? "只看 " + years[0] + " 年" : "在全部年份里搜";
    other.hidden = false;
  }

  function run() {
    var words = query.split(/\s+/).map(tokens).filter(function (word) { return word.length; });
    box.hidden = false;
    if (!words.length) return say("请写下要找的字，标点不算。");
    say("正在找“" + query + "”…");
    engine(years.slice(0, 1)).catch(function () {}); /* begins to load beside the names */
    json(index + "names.json").then(function (names) { whole = new Set(names); }, function () {}).then(function () {
      return first(tries(words));
    }).then(function (found) {
      var how = found.how;
      return show(found.hits, how.loose ? flat(how.words.map(pieces)) : how.words, 0).then(function () {
        say(told(found.hits, how));
        offer(how);
      });
    }).catch(failed);
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
