"""The look, as far as it can be computed: contrast, the browsers' floor, nothing from outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.charts import PALETTE

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


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_has_every_colour_of_drawings(scheme: str) -> None:
    assert set(PALETTE) <= set(colours(scheme))
