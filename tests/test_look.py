"""The look, as far as it can be computed: contrast, the browsers' floor, nothing from outside."""

from __future__ import annotations

import math
import re
from itertools import combinations
from pathlib import Path

import pytest

from generator.charts import PALETTE
from generator.schedule import MARKS
from generator.subjects.projects.charts import STATES

CSS = (Path(__file__).parents[1] / "overrides/assets/portal.css").read_text(encoding="utf-8")
CODE = re.sub(r"/\*.*?\*/", "", CSS, flags=re.S)

SCHEMES = {
    "light": r"^:root",
    "dark": r"^:root\.portal-dark",
    "dark without script": r"^  :root:not\(\.js\)",
    "print": r"^  :root, :root\.portal-dark[^{]*",
    "contrast": r"^:root\.portal-contrast",
    "dark contrast": r"^:root\.portal-contrast\.portal-dark",
}
ABOVE = {"contrast": "light", "dark contrast": "dark"}  # a scheme that only says what is different from another
TEXT = ("ink", "muted", "teal", "ochre", "brick")
GROUNDS = ("paper", "band", "target")


def colours(scheme: str) -> dict[str, str]:
    block = re.search(SCHEMES[scheme] + r"\s*\{(.*?)\}", CODE, flags=re.S | re.M)
    assert block
    own = dict(re.findall(r"--portal-([a-z-]+):\s*(#[0-9a-f]{6})", block[1]))
    return {**colours(ABOVE[scheme]), **own} if scheme in ABOVE else own


def luminance(colour: str) -> float:
    def channel(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (channel(colour[i : i + 2]) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXT)
def test_every_text_colour_can_be_read_on_every_ground(scheme: str, text: str, ground: str) -> None:
    found = colours(scheme)
    assert contrast(found[text], found[ground]) >= (7 if "contrast" in scheme else 4.5)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_on_the_main_colour_can_be_read(scheme: str) -> None:
    found = colours(scheme)
    assert contrast(found["on-teal"], found["teal"]) >= 4.5


def test_the_same_dark_colours_with_and_without_script() -> None:
    assert colours("dark") == colours("dark without script")


def test_all_schemes_name_the_same_colours() -> None:
    assert len({frozenset(colours(s)) for s in SCHEMES}) == 1


def test_every_variable_used_is_defined() -> None:
    used = set(re.findall(r"var\(--portal-([a-z-]+)", CODE))
    assert used <= set(colours("light"))


@pytest.mark.parametrize(
    "banned", ["@import", "url(", ":has(", ":is(", ":where(", "light-dark(", "http:", "https:", " gap:"]
)
def test_nothing_from_outside_and_nothing_too_new(banned: str) -> None:
    assert banned not in CODE


def test_text_in_marks_is_at_least_12_px() -> None:
    sizes = [float(s) for s in re.findall(r"font-size:\s*([\d.]+)rem", CODE)]
    assert min(sizes) * 20 >= 12


def test_drawings_have_the_light_schemes_colours_and_every_one_is_mapped() -> None:
    light = colours("light")
    for name, value in PALETTE.items():
        assert light[name] == value
        for attribute in ("fill", "stroke"):
            assert f'.chart [{attribute}="{value}"] {{ {attribute}: var(--portal-{name}); }}' in CSS


# Machado, Oliveira and Fernandes 2009, complete loss: how linear light looks to those who lack a kind of cone.
EYES = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
APART = 15  # CIELAB; two fields beside each other differ from about 2 on, small ones apart need much more


def lab(colour: str, eyes: str) -> tuple[float, float, float]:
    """A colour in CIELAB (D65) as it looks to such eyes."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    light = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    r, g, b = (min(max(sum(w * v for w, v in zip(row, light, strict=True)), 0), 1) for row in EYES[eyes])
    whole = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505, 0.2126 * r + 0.7152 * g + 0.0722 * b
    x, y, z = (
        v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116
        for v in (*whole, (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_states_under_way_and_done_have_colours_that_all_eyes_tell_apart(scheme: str, eyes: str) -> None:
    names = {value: name for name, value in PALETTE.items()}
    found = {s: colours(scheme)[names[STATES[s][0]]] for s in ("已完成", "超序时", "序时推进", "滞后", "未启动")}
    near = [
        (one, other)
        for one, other in combinations(found, 2)
        if math.dist(lab(found[one], eyes), lab(found[other], eyes)) < APART
    ]
    assert near == []


def test_no_two_states_look_alike() -> None:
    assert len({look[:2] for look in STATES.values()}) == len(STATES)
    assert len({MARKS[s] for s in STATES}) == len(STATES)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_has_every_colour_of_drawings(scheme: str) -> None:
    assert set(PALETTE) <= set(colours(scheme))
