"""Numbers that name a person: identity cards, mobile phones, bank cards. None of them may be in what is published.

A cell that has one is masked before anything else looks at it, so that no message, no log and no working file can hold
it. They are looked for in full-width digits too, and with spaces or hyphens between them. What is masked already
(``138****1234``), office telephones, 统一社会信用代码 and document numbers pass. Sources: 政府信息公开条例 art. 15 and
个人信息保护法 art. 28; GB 11643—1999 for identity numbers, ISO/IEC 7812 for cards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from stdnum import luhn
from stdnum.cn import ric, uscc

from generator.errors import UsageError
from generator.model import Level, Problem
from generator.read import RawTable
from generator.values import SHOWN

IDENTITY, MOBILE, CARD = "身份证号", "手机号", "银行卡号"
# Character by character, so that a place in the folded text is the same place in the text.
FOLD = {0xFF10 + digit: str(digit) for digit in range(10)} | dict.fromkeys((0xFF38, 0xFF58), "X")
FOLD |= dict.fromkeys((0xFF0D, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212), "-")
SPACES = (0x09, 0x0A, 0x0D, 0xA0, 0xAD, *range(0x2000, 0x200C), 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF)
FOLD |= dict.fromkeys(SPACES, " ")
FOLD |= {0xFF08: "(", 0xFF09: ")", 0xFF0C: ",", 0xFF0E: ".", 0xFF0F: "/", 0xFF3F: "_", 0x30FB: "·"}
APART = " .,/_·()-"  # what people put between the groups of a number, once folded
BETWEEN = f"[{re.escape(APART + ''.join(chr(c) for c, as_what in FOLD.items() if as_what in APART))}]{{0,2}}"
SUSPECT = re.compile(f"[0-9０-９](?:{BETWEEN}[0-9０-９]){{10}}")
# Between dots, commas or strokes digits are a number of somebody's only in the groups that everybody cuts it into:
# 1,381,234.56 and 2021/10/12 are not.
_S = rf"[{re.escape(APART)}]{{1,2}}"
CUT = re.compile(
    rf"(?<![0-9*])(?:\(?(1[3-9][0-9]){_S}([0-9]{{4}})(?:{_S})?([0-9]{{4}})"
    rf"|([0-9]{{6}}){_S}([0-9]{{8}}){_S}([0-9]{{3}}[0-9Xx])"
    rf"|([0-9]{{4}}){_S}([0-9]{{4}}){_S}([0-9]{{4}}){_S}([0-9]{{4}})(?:{_S}([0-9]{{1,3}}))?)(?![0-9*])"
)
RUN = re.compile(r"(?<![0-9*])(?<![0-9]\.)[0-9](?:[ \-]{0,2}[0-9])*[Xx]?(?![0-9*]|\.0*[1-9])")
GROUP = re.compile(r"[0-9]+[Xx]?")
LONGEST = 22  # digits: two mobile numbers without a gap
PHONE = re.compile(r"((?:00)?86)?(1[3-9][0-9]{9})")
SPOKEN = frozenset({
    (11,), (3, 4, 4), (3, 8), (7, 4), (4, 7), (4, 3, 4), (4, 4, 3), (3, 3, 5), (5, 6), (6, 5), (1,) * 11,
})  # how a mobile number is cut up  # fmt: skip
ISSUERS = re.compile(r"62|4|5[1-5]|3[5-7]|955[89]")
# Provinces, and residents of Hong Kong, Macao and Taiwan, by the first two digits.
REGIONS = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
REMEDY = "这样的号码不能公开。删去它;确实要说明的,写成 138****1234 这样遮住中间的。"


def _birthday(text: str) -> bool:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).year >= 1900
    except ValueError:
        return False


def _identity(number: str) -> bool:
    """An identity card's number: eighteen places with birthday and check digit, or fifteen of the old kind."""
    if not REGIONS.match(number):
        return False
    if len(number) == 18:
        return _birthday(number[6:14]) and ric.calc_check_digit(number) == number[-1]
    return len(number) == 15 and number.isdigit() and _birthday(f"19{number[6:12]}")


def _mobile(groups: Sequence[str]) -> bool:
    """A mobile phone's number, with the country before it or not, whole or cut up as people do."""
    number = "".join(groups)
    if len(groups) == 1 and len(number) == 22:
        return bool(PHONE.fullmatch(number[:11]) and PHONE.fullmatch(number[11:]))
    found = PHONE.fullmatch(number)
    if not found:
        return False
    sizes = [len(g) for g in groups]
    if found[1]:
        sizes[0] -= len(found[1])
    return tuple(size for size in sizes if size) in SPOKEN


def kind(groups: Sequence[str]) -> str | None:
    """What the digits of some groups are together, if they name a person; the last may end in X."""
    number = "".join(groups).upper()
    if _identity(number):
        return IDENTITY
    if not number.isdigit():
        return None
    if _mobile(groups):
        return MOBILE
    if 16 <= len(number) <= 19 and ISSUERS.match(number) and luhn.is_valid(number) and not uscc.is_valid(number):
        return CARD
    return None


def _windows(groups: Sequence[re.Match[str]], first: int) -> Iterator[int]:
    """Ends of the runs of groups from the first on that may be one number, the longest first."""
    ends, digits = [], 0
    for last in range(first, len(groups)):
        digits += len(groups[last][0])
        if digits > LONGEST:
            break
        ends.append(last + 1)
    return reversed(ends)


def find(text: str) -> Iterator[tuple[int, int, str]]:
    """Where numbers stand that name a person, in order: first place, place after the last, what it is.

    Digits that are apart may be one number or several; the longest that is one counts.
    """
    if SUSPECT.search(text):
        folded = text.translate(FOLD)
        runs = list(_runs(folded))
        taken = [(start, end) for start, end, _ in runs]
        cut = (place for place in _cut(folded) if all(place[1] <= start or place[0] >= end for start, end in taken))
        yield from sorted([*runs, *cut])


def _cut(text: str) -> Iterator[tuple[int, int, str]]:
    """Numbers whose groups stand between other marks than spaces and hyphens."""
    for found in CUT.finditer(text):
        if what := kind([group for group in found.groups() if group]):
            yield found.start(), found.end(), what


def _runs(text: str) -> Iterator[tuple[int, int, str]]:
    for run in RUN.finditer(text):
        groups, first = list(GROUP.finditer(run[0])), 0
        while first < len(groups):
            here = ((end, kind([g[0] for g in groups[first:end]])) for end in _windows(groups, first))
            end, what = next(((end, what) for end, what in here if what), (first + 1, None))
            if what:
                yield run.start() + groups[first].start(), run.start() + groups[end - 1].end(), what
            first = end


def masked(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with the middle of such numbers hidden, and what they were."""
    kinds: list[str] = []
    for start, end, what in reversed(list(find(text))):
        number = text[start:end]
        text = f"{text[:start]}{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}{text[end:]}"
        kinds.insert(0, what)
    return text, tuple(kinds)


def refuse(texts: Mapping[str, str]) -> None:
    """Raises ``UsageError`` when texts that are to be published have such numbers; ``texts`` by their names."""
    found = [(name, *masked(text)) for name, text in texts.items()]
    wrong = [f"{name}“{shown}”里有{'、'.join(dict.fromkeys(kinds))}。" for name, shown, kinds in found if kinds]
    if wrong:
        raise UsageError(f"{''.join(wrong)}它会公布在发布记录里,收不回来。请去掉号码再运行,什么都没有改动。")


def named(path: str) -> tuple[str, Problem | None]:
    """A file's name or path as it may be shown, and an error when it has such a number."""
    shown, kinds = masked(path)
    message = f"文件名“{shown}”里有{'、'.join(dict.fromkeys(kinds))}。"
    problem = Problem(Level.ERROR, "personal", message, "改文件名。这样的号码不能公开。", shown)
    return shown, problem if kinds else None


def cleared(raw: RawTable, shown: str) -> tuple[RawTable, list[Problem]]:
    """A file's cells with such numbers masked, and an error for each cell that had one."""
    problems: list[Problem] = []
    heads = [masked(name)[0] for name in raw.header]

    def row(number: int, cells: tuple[str, ...]) -> tuple[str, ...]:
        if not SUSPECT.search("|".join(cells)):
            return cells
        made = [masked(cell) for cell in cells]
        for index, (text, kinds) in enumerate(made):
            if kinds:
                name = heads[index] if index < len(heads) and number != raw.header_row else ""
                problems.append(_problem(text, kinds, shown, number, name, raw.letter(index)))
        return tuple(text for text, _ in made)

    header = row(raw.header_row, raw.header)
    return replace(raw, header=header, rows=tuple((number, row(number, cells)) for number, cells in raw.rows)), problems


def _problem(text: str, kinds: Sequence[str], shown: str, row: int, name: str, letter: str) -> Problem:
    at = text.index("*")
    part = text if len(text) <= SHOWN else f"…{text[max(0, at - 10) : at + 30]}…"
    where = f"{name}({letter} 列)" if name else f"{letter} 列"
    message = f"第 {row} 行 {where}:“{part}”里有{'、'.join(dict.fromkeys(kinds))}。"
    return Problem(Level.ERROR, "personal", message, REMEDY, shown, row, name or None, letter, part)
