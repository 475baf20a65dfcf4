"""Numbers that name a person: identity cards, mobile phones, bank cards. None of them may be in what is published.

A cell that has one is masked before anything else looks at it, so that no message, no log and no working file can hold
it. They are looked for in full-width digits too, and cut up by spaces, line breaks, hyphens and what else stands
between groups of digits. What may as well be an amount, a date or a code (``.`` ``·`` ``_`` ``~`` between) counts only
where check digits say so, or where the groups are those in which such a number is said; a list (``,`` ``/`` ``、``)
only where it is an identity card's. What is masked already (``138****1234``), office telephones, 统一社会信用代码 and
numbers of documents and permits, which begin with a region and a year, pass. Sources: 政府信息公开条例 art. 15 and
个人信息保护法 art. 28; GB 11643—1999 for identity numbers (those of 港澳台居民居住证, from 81 to 83, are made the same
way), ISO/IEC 7812 for cards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate, pairwise

from stdnum import luhn
from stdnum.cn import ric, uscc

from generator.errors import UsageError
from generator.model import Level, Problem
from generator.read import RawTable
from generator.values import SHOWN

IDENTITY, MOBILE, CARD = "身份证号", "手机号", "银行卡号"
# Character by character, so that a place in the folded text is the same place in the text.
FOLD = {0xFF10 + digit: str(digit) for digit in range(10)}
FOLD |= dict.fromkeys((0xFF38, 0xFF58, 0xD7, 0x2169, 0x2179, 0x425, 0x445), "X")  # ×, Roman ten, Cyrillic
FOLD |= dict.fromkeys((0xFF0D, *range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63), "-")
# Spaces of all widths, what has none, and line breaks: a cell may hold several lines.
FOLD |= dict.fromkeys((0x09, 0xA0, 0xAD, 0x1680, 0x180E, *range(0x2000, 0x2010)), " ")
FOLD |= dict.fromkeys((*range(0x202A, 0x2030), *range(0x205F, 0x2070), 0x3000, 0xFEFF), " ")
FOLD |= dict.fromkeys((*range(0x0A, 0x0E), 0x85, 0x2028, 0x2029), "\n")
FOLD |= dict.fromkeys((0x2022, 0x2027, 0x2219, 0x22C5, 0x30FB, 0xFF65), "·")
FOLD |= {0xFF08: "(", 0xFF09: ")", 0xFF0C: ",", 0xFF0E: ".", 0xFF0F: "/", 0xFF3F: "_", 0x3001: ",", 0xFF5E: "~"}
PLAIN, OTHER = " -\n", ".,/·_~)"  # between groups of digits that are one number, surely and perhaps
LISTED = ",/"  # of those, what stands between the members of a list
CLASS = f"[{''.join(chr(c) for c, as_what in FOLD.items() if as_what in PLAIN + OTHER)}{OTHER} \n\\-]{{0,8}}"
SUSPECT = re.compile(f"[0-9０-９](?:{CLASS}[0-9０-９]){{10}}")
RUN = re.compile(rf"[0-9](?:[{OTHER} \n\-]{{0,8}}[0-9])*(?:[ \-]{{0,2}}[Xx])?")
GROUP = re.compile(r"[0-9]+[Xx]?|[Xx]")
HIDDEN = "****"  # beside digits: the rest of a number that is masked. Fewer are marks of bold words.
AMOUNT = re.compile(r"\s*[-+]?[0-9]*\.0*[1-9][0-9]*\s*%?\s*")  # all of a cell; not a number to which .0 was added
PLACES = re.compile(r"\.0*[1-9][0-9]?\s*(?:[元万亿%]|$)")  # behind the digits of an amount
LONGEST = 20  # digits
GLUED = 4 * LONGEST
WHOLE = (11, 13, 15, 16, 17, 18, 19)  # places that these numbers have; with the country before a mobile number 13, 15
NEAR = 9  # how far a further group of a list is looked for
PHONE = re.compile(r"((?:00)?86)?(1[3-9][0-9]{9})")
SAID = (3, 4, 4)  # how a mobile number is said
SPELT = ((1,) * 11, (3, 2, 2, 2, 2))  # only where there are no more: a longer row is a list
SPOKEN = frozenset({SAID, (11,), (3, 8), (7, 4), (4, 7), *SPELT})  # how it is cut up; otherwise they are amounts
CARDS = frozenset({(6, 6, 6), (3,) * 6, (4, 4, 4, 4, 2), (1,) * 18, (1,) * 16 + (2,)})  # identity, if not by its parts
ISSUERS = re.compile(r"62|4|5[1-5]|3[5-7]|955[89]")
PRINTED = frozenset({(4, 4, 4, 4), (4, 4, 4, 4, 1), (4, 4, 4, 4, 2), (4, 4, 4, 4, 3)})  # as on a bank card
OLD = (6, 6, 3)  # region, birthday, order: how the old kind is cut up
# A region and a year: numbers of documents, permits and projects. One in ten has a card's check digit by chance.
DOCUMENT = re.compile(r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])[0-9]{4}[0-9]?20[0-3][0-9]")
CREDIT = re.compile(r"[0-9]{16,17}[A-Za-z][0-9A-Za-z]*")
# Provinces, by the first two digits; 81 to 83 are residents from 港澳台.
REGIONS = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
REMEDY = "这样的号码不能公开。删去它;确实要说明的,写成 138****1234 这样遮住中间的。"


def _birthday(text: str) -> bool:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).year >= 1900
    except ValueError:
        return False


def _identity(number: str) -> bool:
    """An identity card's number with birthday and check digit."""
    if len(number) != 18 or not REGIONS.match(number):
        return False
    return _birthday(number[6:14]) and ric.calc_check_digit(number) == number[-1]


def _old_identity(number: str) -> bool:
    """The old kind, of fifteen digits, without a check digit. Given out until 1999; what would be somebody of before
    1930 is the number of a permit of the 2020s."""
    return len(number) == 15 and bool(REGIONS.match(number)) and number[6] > "2" and _birthday(f"19{number[6:12]}")


def _card(number: str) -> bool:
    """A bank card's number. The check digit alone proves little: one in ten has it by chance."""
    known = 16 <= len(number) <= 19 and ISSUERS.match(number)
    return bool(known) and not DOCUMENT.match(number) and luhn.is_valid(number) and not uscc.is_valid(number)


def _sizes(groups: Sequence[str]) -> tuple[int, ...]:
    """The groups' lengths if together they are a mobile phone's number, the country before it left out."""
    found = PHONE.fullmatch("".join(groups))
    if not found:
        return ()
    sizes = [len(g) for g in groups]
    if found[1]:
        sizes[0] -= len(found[1])
    return tuple(size for size in sizes if size)


def _whole(number: str) -> str | None:
    """What digits without anything between them are, if they name a person."""
    if _identity(number.upper()):
        return IDENTITY
    if not number.isdigit():
        return None
    if _old_identity(number):
        return IDENTITY
    return MOBILE if PHONE.fullmatch(number) else CARD if _card(number) else None


def _glued(number: str) -> list[tuple[int, str]] | None:
    """Numbers that were written together without a gap, the place after each and what it is, if nothing is left."""
    if not number:
        return []
    for size in WHOLE:
        what = _whole(number[:size]) if size <= len(number) else None
        if what and (rest := _glued(number[size:])) is not None:
            return [(size, what), *((size + end, more) for end, more in rest)]
    return None


@dataclass(frozen=True, slots=True)
class _Window:
    """Some groups of digits that may be one number, in the folded text."""

    text: str
    groups: Sequence[re.Match[str]]
    amount: bool = False  # whether the whole text is a number with decimals

    @property
    def between(self) -> list[str]:
        """What stands between the groups."""
        return [self.text[a.end() : b.start()] for a, b in pairwise(self.groups)]

    def alone(self, mark: str) -> bool:
        """Whether there is no further group with the same mark between: a list goes on."""
        start, end, gap = self.groups[0].start(), self.groups[-1].end(), re.escape(mark)
        before, after = self.text[max(0, start - NEAR) : start], self.text[end : end + NEAR]
        return not re.search(f"[0-9]{gap}$", before) and not re.match(f"{gap}[0-9]", after)

    def kind(self) -> str | None:
        """What the digits are together, if they name a person; the last group may end in X."""
        texts = [g[0] for g in self.groups]
        number, start, end = "".join(texts).upper(), self.groups[0].start(), self.groups[-1].end()
        if self.text.endswith(HIDDEN, 0, start) or self.text.startswith(HIDDEN, end):
            return None
        if _identity(number) and self._cut():
            return IDENTITY
        if number.endswith("X"):  # somebody's multiplication sign, or a letter behind
            number, texts[-1] = number[:-1], texts[-1][:-1]
        if not number.isdigit() or self.amount or PLACES.match(self.text, end):
            return None
        marks = set(self.between)
        if tuple(map(len, texts)) == OLD and _old_identity(number):
            return IDENTITY
        if all(set(mark) <= set(PLAIN) for mark in marks):
            return self._plain(texts, number)
        # A bracket around the first three.
        first, *rest = self.between
        if self.text[start - 1 : start] == "(" and first.rstrip(PLAIN) == ")" and not set("".join(rest)) - set(PLAIN):
            return MOBILE if _sizes(texts) in (SAID, (3, 8)) else None
        mark = marks.pop()
        if marks or len(mark) != 1 or mark in LISTED or not self.alone(mark):
            return None
        if _sizes(texts) == SAID:
            return MOBILE
        return CARD if tuple(map(len, texts)) in PRINTED and _card(number) else None

    def _cut(self) -> bool:
        """Whether the groups are those of an identity card's number; two may be of any size, a list has more."""
        sizes = [len(g[0]) for g in self.groups]
        if sizes[-1] == 1 and self.groups[-1][0] in "Xx":
            sizes[-2:] = [sizes[-2] + 1]
        borders = set(accumulate(sizes))
        return len(sizes) < 3 or {6, 14} <= borders or tuple(sizes) in CARDS

    def _plain(self, texts: Sequence[str], number: str) -> str | None:
        """The same of groups with nothing but spaces, hyphens and line breaks between them."""
        marks = {mark.strip(" ") or " " for mark in self.between}
        if len(texts) == 1 and _old_identity(number):
            return IDENTITY
        sizes, alone = _sizes(texts), len(texts) < 2 or self.alone(self.between[-1])
        lines, printed = sum("\n" in mark for mark in self.between), tuple(map(len, texts)) in PRINTED
        mixed = len(marks) > 1 and not (sizes == SAID and all(map(self.alone, self.between)))
        if len(texts) > 2 and not printed and (lines > 1 or mixed):
            return None  # a list
        if sizes in SPOKEN and (alone or sizes not in SPELT):
            return MOBILE
        if len(texts) > 2 and not (printed and alone):
            return None
        return CARD if _card(number) and not self._credit() else None

    def _credit(self) -> bool:
        """Whether the digits are the beginning of a 统一社会信用代码: of eighteen places, one of them a letter."""
        token = CREDIT.match(self.text, self.groups[0].start())
        if len(self.groups) > 1 or token is None or len(token[0]) != 18:
            return False
        return token[0][:-1].isdigit() or uscc.is_valid(token[0].upper())  # older ones have no right check digit


def _windows(text: str, groups: Sequence[re.Match[str]], first: int, *, amount: bool) -> Iterator[_Window]:
    """Runs of groups from the first on that have as many digits as a number, the longest first."""
    ends, digits = [], 0
    for last in range(first, len(groups)):
        digits += len(groups[last][0])
        if digits > LONGEST:
            break
        if digits in WHOLE or digits - 1 in WHOLE:  # with an X behind
            ends.append(last + 1)
    return (_Window(text, groups[first:end], amount) for end in reversed(ends))


def find(text: str) -> Iterator[tuple[int, int, str]]:
    """Where numbers stand that name a person, in order: first place, place after the last, what it is.

    Digits that are apart may be one number or several; the longest that is one counts.
    """
    if not SUSPECT.search(text):
        return
    folded = text.translate(FOLD)
    amount = bool(AMOUNT.fullmatch(folded))
    for run in RUN.finditer(folded):
        groups, first = list(GROUP.finditer(folded, *run.span())), 0
        while first < len(groups):
            here = ((window, window.kind()) for window in _windows(folded, groups, first, amount=amount))
            window, what = next(((window, what) for window, what in here if what), (None, None))
            if window and what:
                yield window.groups[0].start(), window.groups[-1].end(), what
            elif LONGEST < len(groups[first][0]) <= GLUED:
                start = at = groups[first].start()
                for end, kind in _glued(groups[first][0]) or ():
                    yield at, start + end, kind
                    at = start + end
            first += len(window.groups) if window else 1


def masked(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with the middle of such numbers hidden, and what they were."""
    kinds: list[str] = []
    for start, end, what in reversed(list(find(text))):
        number = text[start:end]
        text = f"{text[:start]}{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}{text[end:]}"
        kinds.insert(0, what)
    return text, tuple(kinds)


def named(path: str) -> tuple[str, Problem | None]:
    """A file's name or path as it may be shown, and an error when it has such a number."""
    shown, kinds = masked(path)
    message = f"文件名“{shown}”里有{'、'.join(dict.fromkeys(kinds))}。"
    problem = Problem(Level.ERROR, "personal", message, "改文件名。这样的号码不能公开。", shown)
    return shown, problem if kinds else None


def refuse(texts: Mapping[str, str]) -> None:
    """Raises ``UsageError`` when texts that are to be published have such numbers; ``texts`` by their names."""
    found = [(name, *masked(text)) for name, text in texts.items()]
    wrong = [f"{name}“{shown}”里有{'、'.join(dict.fromkeys(kinds))}。" for name, shown, kinds in found if kinds]
    if wrong:
        raise UsageError(f"{''.join(wrong)}它会公布在发布记录里,收不回来。请去掉号码再运行,什么都没有改动。")


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
