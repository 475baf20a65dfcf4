"""Pictures: the same bytes every time, ids of their own, the palette's colours, and no text outside or too small."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from generator import charts, subjects
from generator.model import Chart
from generator.subjects import SUBJECTS
from tests import toy
from tests.subjects import money, things

ROOT = Path(__file__).parents[1]
FORMS = {"wide": charts.WIDE, "narrow": charts.NARROW}
COLOURS = {c for c in (*charts.PALETTE, *charts.PALETTE.values()) if c.startswith("#")} | {"none", "transparent"}
SLACK = 3
THIN = dict.fromkeys(" \u2009.,·:;'|()il-…", 0.3) | {"%": 0.93, "…": 1, "p": 0.62}
LONG = "城镇老旧小区改造及配套基础设施建设提升工程（含加装电梯、雨污分流和适老化改造）"
DRAW = """
import json, sys
from generator import charts
from tests import test_charts
for name in json.loads(sys.argv[1]):
    print(json.dumps(charts.draw(test_charts.CHARTS[name]), ensure_ascii=False))
"""


def functions() -> dict[str, Any]:
    """Every chart function of every subject, found in the program: ``(rows, width)`` in a module ``charts``."""
    found = {}
    for package in pkgutil.iter_modules(subjects.__path__):
        for module in pkgutil.iter_modules([str(Path(subjects.__path__[0]) / package.name)]):
            if module.name != "charts":
                continue
            loaded = importlib.import_module(f"generator.subjects.{package.name}.charts")
            for name, function in inspect.getmembers(loaded, inspect.isfunction):
                own = function.__module__ == loaded.__name__ and not name.startswith("_")
                if own and list(inspect.signature(function).parameters) == ["rows", "width"]:
                    found[f"{package.name}.{name}"] = function
    return found


def rows_of() -> dict[str, Any]:
    """For each chart function a maker of rows ``(n, label, null)``, from tests/pictures/<subject>.py, by its name."""
    found = {}
    for file in sorted((ROOT / "tests" / "pictures").glob("[a-z]*.py")):
        loaded = importlib.import_module(f"tests.pictures.{file.stem}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ == loaded.__name__ and not name.startswith("_"):
                found[f"{file.stem}.{name}"] = function
    return found


ROWS = rows_of()
SHAPES = {
    "none": (0, "甲", False), "one": (1, "甲", False), "three": (3, "船山区", False), "null": (3, "甲", True),
    "thirty": (30, "甲", False), "long": (5, LONG, False), "ascii": (3, "p" * 90, False), "rare": (3, "𠮷" * 40, False),
    "odd": (3, '<b> & "x" 𠮷 3.14159', False),
}  # fmt: skip
FUNCTIONS = functions()
CHARTS = {
    f"{name}-{shape}": replace(
        toy.chart(f"{name.replace('.', '-')}-{shape}", demo=shape == "three"),
        draw=draw, rows=ROWS[name](*SHAPES[shape]),
    )
    for name, draw in FUNCTIONS.items() if name in ROWS
    for shape in SHAPES
} | {"toy": toy.chart(), "toy-demo": toy.chart("toy-demo", demo=True)}  # fmt: skip


@pytest.fixture(scope="module")
def drawn() -> dict[str, dict[str, str]]:
    return {name: charts.draw(chart) for name, chart in CHARTS.items()}


@pytest.fixture(scope="module")
def of_pages() -> list[Chart]:
    sites = (money.heavy(projects=2), things.heavy())
    return [c for site in sites for s in SUBJECTS for page in s.pages(site) for c in page.charts]


EACH = [pytest.param(name, form, id=f"{name}-{form}") for name in CHARTS for form in FORMS]


def tree(svg: str) -> Any:
    return etree.fromstring(svg.encode())


def width_of(text: str, size: float) -> float:
    """About how wide a text is in Noto Sans SC: a full em for Chinese, 0.555 for digits."""
    return size * sum(1 if unicodedata.east_asian_width(c) in "WF" else THIN.get(c, 0.56) for c in text)


def placed(root: Any) -> Iterator[tuple[str, float, float, float, float]]:
    """(text, left, right, baseline, size) of each text as it stands in the picture."""
    for node in root.iter("{*}text"):
        content = "".join(node.itertext())
        if not content.strip():
            continue
        x, y = (float(node.get(a) or 0) if "%" not in (node.get(a) or "") else float(root.get("width")) for a in "xy")
        size = anchor = None
        for at in [node, *node.iterancestors()]:
            for move in re.findall(r"translate\(([-\d.]+)[, ]+([-\d.]+)\)", at.get("transform") or ""):
                x, y = x + float(move[0]), y + float(move[1])
            assert "rotate" not in (at.get("transform") or "").replace("rotate(0)", "")
            size, anchor = size or at.get("font-size"), anchor or at.get("text-anchor")
        number = float((size or "0").removesuffix("px"))
        wide = width_of(content, number)
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[anchor or "start"]
        yield content, left, left + wide, y, number


# --- what every picture keeps


def test_every_chart_function_is_drawn_here_and_used_by_a_page(of_pages: list[Chart]) -> None:
    assert FUNCTIONS.keys() == ROWS.keys()
    assert {c.draw for c in of_pages} == set(FUNCTIONS.values())


@pytest.mark.parametrize(("name", "form"), EACH)
def test_size_of_each_form(drawn: dict[str, dict[str, str]], name: str, form: str) -> None:
    root = tree(drawn[name][form])
    assert drawn[name].keys() == {*FORMS, "spec"}
    assert root.get("width") == str(FORMS[form])
    assert root.get("viewBox") == f"0 0 {FORMS[form]} {root.get('height')}"
    assert 0 < float(root.get("height")) < 40 * 30 + 100


@pytest.mark.parametrize(("name", "form"), [p for p in EACH if "-none-" not in str(p.id)])
def test_no_text_is_small_or_leaves_the_picture(drawn: dict[str, dict[str, str]], name: str, form: str) -> None:
    root = tree(drawn[name][form])
    height = float(root.get("height"))
    for content, left, right, baseline, size in placed(root):
        assert size >= 12, content
        assert left >= -SLACK, (content, left)
        assert right <= FORMS[form] + SLACK, (content, right)
        assert size - 3 <= baseline <= height, (content, baseline)


@pytest.mark.parametrize("share", [0.0, 0.004, 0.3, 0.76, 0.9458, 0.99, 1.0, 1.0081, 1.5])
def test_the_hundred_percent_rule_crosses_no_words(share: float) -> None:
    rows = [
        {"label": x, "share": s, "end": max(s, 1.0), "shown": "2,362.00 万元 · 96.02 %"}
        for x, s in (("安排", 1.0), ("下达", share), ("拨付", share))
    ]
    found = charts.draw(replace(toy.chart("budget-chain"), draw=FUNCTIONS["budget.chain"], rows=rows))
    for form in FORMS:
        marks = {content: (left, right) for content, left, right, _, _ in placed(tree(found[form]))}
        rule = sum(marks["100 %"]) / 2
        words = [left for content, left, _, _, _ in placed(tree(found[form])) if content.startswith("2,362")]
        assert len(words) == 3
        assert all(left > rule + 2 for left in words), (form, rule, words)


@pytest.mark.parametrize(("name", "form"), EACH)
def test_only_colours_of_the_palette(drawn: dict[str, dict[str, str]], name: str, form: str) -> None:
    for node in tree(drawn[name][form]).iter():
        for attribute in ("fill", "stroke", "color", "stop-color"):
            assert (node.get(attribute) or "none").lower() in COLOURS, etree.tostring(node)
        assert node.get("style") is None


@pytest.mark.parametrize(("name", "form"), EACH)
def test_markup_is_inert_and_short(drawn: dict[str, dict[str, str]], name: str, form: str) -> None:
    svg = drawn[name][form]
    root = tree(svg)
    assert {etree.QName(n).localname for n in root.iter()} <= {
        "svg", "title", "g", "path", "line", "text", "rect", "defs", "clipPath",
    }  # fmt: skip
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|\n|\bon[a-z]+=|xlink", svg)
    numbers = [n for node in root.iter() for v in node.attrib.values() for n in re.findall(r"\d\.(\d+)", v)]
    assert max(map(len, numbers), default=0) <= 2


@pytest.mark.parametrize(("name", "form"), EACH)
def test_title_says_the_finding(drawn: dict[str, dict[str, str]], name: str, form: str) -> None:
    root = tree(drawn[name][form])
    title = root.find("{*}title")
    assert title.text == f"{CHARTS[name].finding}。{CHARTS[name].describe}"
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", title.get("id"))
    assert [n.get("role") for n in root.iter()][1:].count(None) == len(list(root.iter())) - 1


@pytest.mark.parametrize(("name", "form"), EACH)
def test_demonstration_stands_inside_the_picture(drawn: dict[str, dict[str, str]], name: str, form: str) -> None:
    texts = ["".join(n.itertext()) for n in tree(drawn[name][form]).iter("{*}text")]
    assert texts.count("演示数据") == int(CHARTS[name].demo)
    assert ("演示" in drawn[name][form]) is CHARTS[name].demo


def test_narrow_is_another_layout_not_a_smaller_one(drawn: dict[str, dict[str, str]]) -> None:
    for name, forms in drawn.items():
        wide, narrow = ([round(t[1]) for t in placed(tree(forms[f]))] for f in FORMS)
        sizes = [{t[4] for t in placed(tree(forms[f]))} for f in FORMS]
        assert sizes[0] >= sizes[1], name
        assert wide != narrow or not wide, name


def test_ids_are_the_charts_own_and_lead_somewhere(drawn: dict[str, dict[str, str]]) -> None:
    seen: set[str] = set()
    for name, forms in drawn.items():
        for form in FORMS:
            svg = forms[form]
            ids = [n.get("id") for n in tree(svg).iter() if n.get("id")]
            assert len(ids) == len(set(ids))
            assert not seen & set(ids), name
            assert all(i.startswith(f"{CHARTS[name].id}-{form}-") for i in ids)
            assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(ids)
            seen |= set(ids)


def test_words_from_cells_come_through_as_they_are() -> None:
    label = 'a id="b" class="c" 3.14159 url(#x) <b>&amp; \\1 \\g<0>'
    rows = [{"label": label, "value": 1.0}]
    chart = replace(toy.chart(rows=rows), finding=label, describe=label)
    drawing = charts.draw(chart)
    for form in FORMS:
        root = tree(drawing[form])
        assert root.find("{*}title").text == f"{label}。{label}"
        assert label in ["".join(n.itertext()) for n in root.iter("{*}text")]


# --- the same bytes


SOME = ["budget.chain-three", "budget.months-thirty", "budget.bullet-long", "budget.rates-three", "toy-demo"]


def test_order_and_repetition_do_not_matter(drawn: dict[str, dict[str, str]]) -> None:
    for name in reversed(SOME):
        assert charts.draw(CHARTS[name]) == drawn[name], name


def in_a_new_process(names: list[str], code: str = DRAW, *more: str) -> list[dict[str, str]]:
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(names), *more],
        cwd=ROOT,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_new_process_draws_the_same_bytes(drawn: dict[str, dict[str, str]]) -> None:
    names = list(reversed(SOME))
    assert in_a_new_process(names) == [drawn[name] for name in names]


def test_the_projects_font_makes_the_layout(drawn: dict[str, dict[str, str]], tmp_path: Path) -> None:
    """Label space comes from the font: without ours, or with its glyphs twice as wide, the picture is another one."""
    without = "from pathlib import Path; from generator import charts; charts.FONTS = Path(__import__('sys').argv[2])\n"
    (empty,) = in_a_new_process(["budget.bullet-ascii"], without + DRAW, str(tmp_path))
    assert empty != drawn["budget.bullet-ascii"]


def test_labels_have_the_room_that_the_font_needs(drawn: dict[str, dict[str, str]]) -> None:
    """Noto Sans SC sets a Chinese character on a full em: the axis leaves just that much, padding included."""
    rows = [{"label": "县" * n, "value": 1.0} for n in (4, 8)]
    for n, row in zip((4, 8), rows, strict=True):
        root = tree(charts.draw(toy.chart(rows=[row]))["wide"])
        first = re.match(r"translate\(([\d.]+),", root.find("{*}g").get("transform"))
        assert first
        at = float(first[1])
        right = next(r for text, _, r, _, _ in placed(root) if text == row["label"])
        assert at - right >= 0
        assert right - 13 * n == pytest.approx(2 + 13, abs=20)


# --- what a drawing depends on


@pytest.mark.parametrize(
    "change",
    [
        {"rows": [{"label": "甲", "value": 1.5}, {"label": "乙", "value": 2.0}]}, {"id": "toy-2022"}, {"demo": True},
        {"finding": "甲比乙多"}, {"describe": "别的"}, {"draw": lambda rows, width: toy.draw(rows, width)},
    ],
)  # fmt: skip
def test_key_changes_with_the_chart(change: dict[str, Any]) -> None:
    assert charts.key(replace(toy.chart(), **change)) != charts.key(toy.chart())


def test_key_does_not_change_by_itself() -> None:
    assert charts.key(toy.chart()) == charts.key(toy.chart())
    swapped = [{"value": r["value"], "label": r["label"]} for r in toy.chart().rows]
    assert charts.key(toy.chart(rows=swapped)) == charts.key(toy.chart())


@pytest.mark.parametrize("what", ["code", "house", "font", "library"])
def test_key_changes_with_code_font_and_libraries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, what: str) -> None:
    before = charts.key(toy.chart())
    charts._versions.cache_clear()
    real_code = charts._code
    try:
        if what in ("code", "house"):
            module = toy.draw.__module__ if what == "code" else charts.__name__
            monkeypatch.setattr(charts, "_code", lambda name: real_code(name) + ("#" if name == module else ""))
        if what == "font":
            (tmp_path / "other.otf").write_bytes(b"font")
            monkeypatch.setattr(charts, "FONTS", tmp_path)
        if what == "library":
            real = charts.importlib.metadata.version
            monkeypatch.setattr(
                charts.importlib.metadata, "version", lambda n: real(n) + ("x" if n == "altair" else "")
            )
        assert charts.key(toy.chart()) != before
    finally:
        charts._versions.cache_clear()


def test_the_font_is_there() -> None:
    assert len(list(charts.FONTS.glob("*.otf"))) == 1
