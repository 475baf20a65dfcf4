"""Cell text -> mended canonical text, and canonical text -> typed value, for each type of column.

``mend`` never guesses: a text is canonical, is mended in a way that can only mean one thing (and says how),
or is refused with a reason and, where one is likely, a suggestion. ``typed`` reads canonical text only.
Full width is folded character by character, not by NFKC, which would read ``1²`` as 12.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rapidfuzz import process

from generator import format as fmt
from generator.contract import Column
from generator.model import Missing

FEN = {
    "角": 10, "元": 100, "千元": 100_000, "万元": fmt.FEN_PER_WAN, "十万元": 10_000_000, "百万元": 100_000_000,
    "千万元": 1_000_000_000, "亿元": fmt.FEN_PER_YI,
}  # fmt: skip
PLACES = {unit: len(str(fen)) - 1 for unit, fen in FEN.items()}  # decimals that still make whole 分
LARGEST = 10**16  # 分; one hundred trillion yuan: sums of many such rows still fit 64 bits
LONGEST_NUMBER = 40
SHOWN = 60
KINDS = frozenset(kind.value for kind in Missing)
MARKS = frozenset({"", "-", "—", "－", "–", "--", "——", "/", "／", "无"})
FOLD = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: " ", 0xA0: " ", 0x2212: "-"}
WIDE = {full: half for full, half in FOLD.items() if isinstance(half, int) and chr(half).isalnum()}
INVISIBLE = dict.fromkeys([0x200B, 0x2060, 0xFEFF, 0xAD, *range(9), 11, 12, *range(14, 32), *range(127, 160)])
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # Excel shows a gap or nothing: 12 and 34, or 1234?
AT_ENDS = "".join(map(chr, INVISIBLE)) + " \t\r\n\u3000\u00a0"
SPACES = {0x3000: " ", 0xA0: " "}
CJK_SPACE = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
EXCEL_ERROR = re.compile(r"#(DIV/0!|REF!|N/A|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!)|#{3,}")
PLAIN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
SIMPLE = re.compile(r"([+-]?)([0-9]+)(\.[0-9]+)?")
GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?")  # 0,400 may be 0.4
SCIENCE = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]{1,3}")
BRACKETS = re.compile(r"\(([0-9,]+(\.[0-9]+)?)\)")
ODD_COMMA = re.compile(r"[+-]?[0-9][0-9.]*,[0-9,.]*")
WITH_UNIT = re.compile(
    r"([+-]?[0-9,]+(?:\.[0-9]+)?)[ \t]*(亿元|亿|千万元|千万|百万元|百万|十万元|十万|万元|万|千元|元|角)整?"
)
VAGUE = re.compile(r"[约近超逾余多至~～<>≥≤±]|以上|以下|左右|不低于|不高于|不少于|不超过|[0-9亿万]\s*[-—–]\s*[0-9]")
SEPARATORS = re.compile(r"[、；;,，/／\n]")
FULL_DATE = re.compile(
    r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日?)"
    r"(?:[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.0+)?)?)?"
)
FULL_MONTH = re.compile(r"([0-9]{4})(?:[-/]([0-9]{1,2})|\.([0-9]{2})|年([0-9]{1,2})月)")
DATE_SPACES = re.compile(r"[^\S\r\n]*(年)[^\S\r\n]*|[^\S\r\n]*(月)[^\S\r\n]*|[^\S\r\n]+(日)")
NAMED_MONTH = re.compile(r"(?<![0-9一二三四五六七八九十])(十[一二]|[一二三四五六七八九十]|1[0-2]|0?[1-9])月")
ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ENGLISH_DATE = re.compile(rf"(?:([0-9]{{1,2}})-)?({'|'.join(ENGLISH)})-((?:20)?[0-9]{{2}})", re.IGNORECASE)
CHINESE_DIGITS = {c: i % 10 for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "Ｏ": 0}
EPOCH = dt.date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a cell cannot be read. ``message`` is a clause that follows the place and the value."""

    rule: str
    message: str
    remedy: str
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it will be read: canonical ``text``, ``how`` it was mended, or its ``refusal``."""

    text: str
    how: str | None = None
    refusal: Refusal | None = None


def _no(rule: str, message: str, remedy: str, suggestion: str | None = None) -> Cell:
    return Cell("", None, Refusal(rule, message, remedy, suggestion))


def money_unit(text: str) -> str:
    """A unit of money as this program names it: 人民币億元 is 亿元. Others stay as they are."""
    return text.translate({ord("億"): "亿", ord("萬"): "万"}).removeprefix("人民币").removesuffix("人民币")


def short(text: str) -> str:
    """A value for messages, at most about sixty characters."""
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 10]}…(共 {len(text)} 字)"


def clean(text: str) -> str:
    """Full-width forms folded, invisible characters and white space at the ends gone."""
    return text.translate(FOLD).translate(INVISIBLE).strip()


def plain_name(text: str) -> str:
    """A name as it should be written: no spaces beside Chinese, no full-width letters, nothing invisible."""
    shown = text.translate(WIDE).translate(SPACES).translate(INVISIBLE)
    shown = "".join(c for c in shown if unicodedata.category(c) != "Cf").strip()
    return CJK_SPACE.sub("", shown)


def digits(number: Decimal) -> str:
    """A number without exponent and without zeros at its end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _simple(text: str) -> str | None:
    """Canonical form of a number written plainly or with grouping commas, else ``None``."""
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    match = SIMPLE.fullmatch(text)
    if not match or len(text) > LONGEST_NUMBER:
        return None
    sign, whole, rest = match.groups()
    return ("-" if sign == "-" else "") + (whole.lstrip("0") or "0") + (rest or "")


def _converted(column: Column, text: str) -> str | None:
    """An amount with its own unit, in the column's unit: ``32.14亿元`` -> ``321400``."""
    match = WITH_UNIT.fullmatch(text)
    own = FEN.get(column.unit or "")
    number = _simple(match[1]) if match else None
    if not match or own is None or number is None:
        return None
    given = FEN[match[2] if match[2] in FEN else f"{match[2]}元"]
    return digits(Decimal(number) * given / own)


def _odd_number(column: Column, text: str) -> Cell:
    """The refusal of a text that is no plain number, with the best reason that can be given."""
    unit = f",单位是{column.unit}" if column.unit else ""
    ask = f"只填一个数{unit}。"
    if "\n" in text or "\r" in text or re.fullmatch(r"[0-9.,]+\s+[0-9.,\s]+", text):
        return _no("number_broken", "数字中间有换行或空格,分不清是一个数还是几个数", ask)
    if len(text) > SHOWN:
        return _no("number", "不是数字", ask)
    if found := BRACKETS.fullmatch(text):
        value = _simple(f"-{found[1]}")
        return _no("number_brackets", "用括号表示负数,容易看错", "负数前面写减号。", value)
    if SCIENCE.fullmatch(text):
        return _no("number_science", "是科学记数法,后面的位数可能已经丢了", "把单元格设为“数值”,填完整的数。")
    if column.unit in FEN and WITH_UNIT.fullmatch(text):
        amount = _converted(column, text)
        remedy = f"这一列的单位是{column.unit}" + (f",换算后是 {amount},请填 {amount}。" if amount else "。")
        return _no("number_unit", "数字后面带着单位", remedy, amount)
    if VAGUE.search(text):
        return _no("number_vague", "不是一个确定的数", f"{ask}说明另附文件。")
    if ODD_COMMA.fullmatch(text):
        return _no("number_comma", "逗号的位置不对,分不清是千位分隔还是小数点", "小数点用“.”,千位逗号可以不写。")
    if text.endswith("%"):
        return _no("number", "带着百分号,这一列不是百分比", ask)
    found_year = chinese_year(text)
    return _no("number", "不是数字", ask, str(found_year) if found_year else None)


def _number(column: Column, text: str) -> Cell:
    if PLAIN.fullmatch(text) and len(text) <= LONGEST_NUMBER:
        return Cell(text)
    folded = clean(text)
    how = "full_width" if text.translate(FOLD) != text else "number_form"
    if folded.startswith("'"):
        folded, how = folded[1:].strip(), "apostrophe"
    if EXCEL_ERROR.fullmatch(folded):
        return _no("excel_error", "是 Excel 的错误值", "回到原表改正公式,再填算出来的数。")
    number = _simple(folded)
    return _odd_number(column, folded) if number is None else Cell(number, how)


def _integer(column: Column, text: str) -> Cell:
    cell = _number(column, text)
    if cell.refusal:
        return cell
    number = Decimal(cell.text)
    if number != number.to_integral_value():
        return _no("integer", "不是整数", "这一列只填整数。")
    if abs(number) >= LARGEST:
        return _no("number_large", "大得不合理", "检查是不是多填了位数。")
    whole = digits(number)
    return Cell(whole, (cell.how or "number_form") if whole != text else None)


def _fen(text: str, places: int) -> int:
    """A canonical amount in 分, by shifting digits; zeros beyond the last place are dropped."""
    whole, _, rest = text.partition(".")
    return int(whole + rest[:places].ljust(places, "0"))


def _money(column: Column, text: str) -> Cell:
    cell = _number(column, text)
    if cell.refusal:
        return cell
    places = PLACES[column.unit or "元"]
    if len(cell.text.partition(".")[2].rstrip("0")) > places:
        short = str(fmt.rounded(Fraction(cell.text), places))
        remedy = f"{column.unit or '元'}最多 {places} 位小数(到分)。"
        return _no("decimals", "小数位数太多,比一分钱还小", remedy, digits(Decimal(short)))
    if abs(_fen(cell.text, places)) > LARGEST:
        return _no("number_large", "大得不合理", f"检查单位:这一列是{column.unit or '元'}。")
    return cell


def _percent(column: Column, text: str) -> Cell:
    """Percentages; up to 2 they keep their sign, because 1.0632 may be meant as 106.32 %, and 1 as 100 %.

    Whole ones do not where the contract says that they are percentages as they stand.
    """
    folded = clean(text)
    signed = folded.endswith("%")
    cell = _number(column, folded[:-1].strip() if signed else text)
    if cell.refusal:
        return cell
    number = Decimal(cell.text)
    plain = column.whole_percent and number == number.to_integral_value()
    unclear = number != 0 and abs(number) <= 2 and not plain
    if signed:
        shown = f"{cell.text}%" if unclear else cell.text
        return Cell(shown, "percent_sign" if shown != text else None)
    if unclear:
        as_ratio = digits(number * 100)
        message = f"分不清是 {digits(number)}% 还是 {as_ratio}%"
        return _no("percent_scale", message, "这一列填百分数,2 以内的数请带上百分号。", f"{as_ratio}%")
    return cell


def chinese_year(text: str) -> int | None:
    """What begins ``二〇二一年`` -> 2021, else ``None``."""
    found = re.match(rf"([{''.join(CHINESE_DIGITS)}]{{4}})年", text)
    return int("".join(str(CHINESE_DIGITS[c]) for c in found[1])) if found else None


def _real(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day) if 1900 <= year <= 2200 else None
    except ValueError:
        return None


def _as_date(text: str) -> dt.date | None:
    """A date written in full, in any of the usual ways; a time of day is left out."""
    if match := FULL_DATE.fullmatch(text):
        month, day = (match[3], match[4]) if match[2] else (match[5], match[6])
        return _real(int(match[1]), int(month), int(day))
    if re.fullmatch(r"[0-9]{8}", text):
        return _real(int(text[:4]), int(text[4:6]), int(text[6:]))
    return None


def _english(text: str) -> dt.date | None:
    """``Dec-21``, which Excel makes of 2021-12, as the month's last day; ``31-Dec-21``."""
    match = ENGLISH_DATE.fullmatch(text)
    if not match:
        return None
    year, month = 2000 + int(match[3][-2:]), ENGLISH.index(match[2].lower()) + 1
    if match[1]:
        return _real(year, month, int(match[1]))
    return dt.date.fromisoformat(fmt.end_of(f"{year}-{month:02d}"))


def _period(text: str, year: int | None) -> dt.date | None:
    """The last day of ``12月底``, ``全年``, ``2021年12月底``, ``二〇二一年``; without a year, of the file's."""
    arabic = re.match(r"([0-9]{4})年", text)
    named = int(arabic[1]) if arabic else chinese_year(text)
    year, month = named or year, NAMED_MONTH.search(text)
    whole = re.search("全年|年底|年末", text) or (named and re.fullmatch(".{4}年度?", text))
    if not year or not 1900 <= year <= 2200 or not (month or whole):
        return None
    number = _month_number(month[1]) if month else 12
    return dt.date.fromisoformat(fmt.end_of(f"{year}-{number:02d}"))


def _guess(text: str, year: int | None, month_only: bool) -> str | None:
    """What an unclear date probably means."""
    serial = re.fullmatch(r"[0-9]{5}", text) and 20_000 < int(text) < 80_000
    found = EPOCH + dt.timedelta(int(text)) if serial else _as_date(text) or _english(text) or _period(text, year)
    if found is None:
        return None
    return found.isoformat()[:7] if month_only else found.isoformat()


def _month_number(text: str) -> int:
    tens = "一二三四五六七八九十"
    if text.isdigit():
        return int(text)
    return 10 + tens.index(text[1]) + 1 if len(text) == 2 else tens.index(text) + 1


def _date_text(text: str) -> str:
    """A date's text without full width, apostrophe and the spaces around 年, 月 and 日 (but not before a time)."""
    return DATE_SPACES.sub(lambda m: m[1] or m[2] or m[3], clean(text).removeprefix("'"))


def _date(text: str, year: int | None) -> Cell:
    folded = _date_text(text)
    if EXCEL_ERROR.fullmatch(folded):
        return _no("excel_error", "是 Excel 的错误值", "把列拉宽,或改正公式,再填日期。")
    found = _as_date(folded)
    if found:
        return Cell(found.isoformat(), None if text == found.isoformat() else "date_form")
    return _no("date", "不是一个确定的日期", "写成 2021-12-31 这样的年-月-日。", _guess(folded, year, False))


def _yearmonth(text: str, year: int | None) -> Cell:
    folded = _date_text(text)
    if EXCEL_ERROR.fullmatch(folded):
        return _no("excel_error", "是 Excel 的错误值", "把列拉宽,或改正公式,再填月份。")
    if match := FULL_MONTH.fullmatch(folded):
        number = int(match[2] or match[3] or match[4])
        if found := _real(int(match[1]), number, 1):
            month = found.isoformat()[:7]
            return Cell(month, None if text == month else "date_form")
    day = None if re.fullmatch(r"[0-9]+", folded) else _as_date(folded)
    if day and (day.day == 1 or day.isoformat() == fmt.end_of(day.isoformat()[:7])):
        return Cell(day.isoformat()[:7], "date_form")
    if re.fullmatch(r"[0-9]{4}\.[0-9]", folded):
        return _no("month", "分不清是几月(2021.10 在 Excel 里会变成 2021.1)", "写成 2021-01 或 2021-10 这样。")
    guess, remedy = _guess(folded, year, True), "写成 2021-12 这样的年-月。"
    if ENGLISH_DATE.fullmatch(folded):
        remedy = "Excel 会把 2021-12 改成 Dec-21:把这一列设为“文本”格式,再填 2021-12 这样的年-月。"
    return _no("month", "不是一个确定的月份", remedy, guess)


def _listed(text: str) -> Cell:
    parts = [plain_name(part) for part in SEPARATORS.split(text.replace("\r", "\n"))]
    joined = "、".join(part for part in parts if part)
    return Cell(joined, "list_form" if joined != text else None)


def _choice(column: Column, text: str) -> Cell:
    """One of the contract's words, spaces and width aside."""
    words = {fmt.bare(str(word)): str(word) for word in column.constraint("enum")}
    found = words.get(fmt.bare(text))
    if found is not None:
        return Cell(found, "name_form" if found != text else None)
    near = process.extractOne(fmt.bare(text), list(words), score_cutoff=50) if text else None
    allowed = "、".join(words.values())
    return _no("enum", "不在允许的范围里", f"只能填:{allowed}。", words[near[0]] if near else None)


def lost_zeros(column: Column, text: str) -> str | None:
    """``text`` with the zeros in front that its pattern asks for, when only those are missing."""
    pattern = column.constraint("pattern")
    if not pattern or not text.isascii() or not text.isdigit():
        return None
    longer = (text.zfill(width) for width in range(len(text) + 1, 25))
    return next((t for t in longer if re.fullmatch(pattern, t)), None)


def _identifier(column: Column, text: str) -> Cell | None:
    if SCIENCE.fullmatch(clean(text)):
        remedy = "Excel 把编号变成了数,位数已丢。把这一列设为“文本”格式,从原件重新填。"
        return _no("identifier", "是科学记数法,不是编号", remedy)
    pattern = column.constraint("pattern")
    zeros = lost_zeros(column, text)
    if zeros and not re.fullmatch(pattern, text):
        remedy = "前面的 0 丢了。把这一列设为“文本”格式,从原件重新填。"
        return _no("identifier", "比编号应有的位数少", remedy, zeros)
    return None


def _text(column: Column, text: str, name: bool) -> Cell:
    if EXCEL_ERROR.fullmatch(clean(text)):
        return _no("excel_error", "是 Excel 的错误值", "把列拉宽,或改正公式,再填内容。")
    if re.match(r"'[0-9]", text):
        return Cell(_text(column, text[1:], name).text, "apostrophe")
    if column.constraint("enum"):
        return _choice(column, text) if text.strip() else Cell("")
    if column.many:
        return _listed(text)
    if name:
        shown = plain_name(text)
        return _identifier(column, shown) or Cell(shown, "name_form" if shown != text else None)
    ends = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = ends.translate(SPACES).translate(WIDE).translate(INVISIBLE)
    shown = whole.strip()
    if shown and whole.startswith("\t"):  # kept as it was sent; like =, it is made harmless in downloads only
        shown = f"\t{shown}"
    return Cell(shown, "text_form" if shown != ends else None)


def reference(text: str) -> Cell:
    """A cell that names a row of another table, left as it is for the lookup unless it cannot be a name."""
    shown = text.translate(INVISIBLE | {10: "\n", 13: "\n"}).strip()
    if EXCEL_ERROR.fullmatch(clean(shown)):
        return _no("excel_error", "是 Excel 的错误值", "把列拉宽,或改正公式,再填内容。")
    if SCIENCE.fullmatch(clean(shown)):
        remedy = "Excel 把编号变成了数,位数已丢。把这一列设为“文本”格式,从原件重新填。"
        return _no("identifier", "是科学记数法,不是编号", remedy)
    if fmt.bare(shown) in MARKS:
        return Cell("", "missing_mark" if shown else None)
    if re.match(r"'[0-9]", shown):
        return Cell(shown[1:], "apostrophe")
    return Cell(shown)


_MEASURED: dict[str | None, Callable[[Column, str], Cell]] = {"money": _money, "percent": _percent, None: _number}
_DATES: dict[str, Callable[[str, int | None], Cell]] = {"date": _date, "yearmonth": _yearmonth}


def _missing(text: str, kinds: tuple[str, ...]) -> Cell | None:
    """A measured cell that is empty, dashed or names a kind of missing value that the table allows."""
    if text[:1].isdigit():
        return None
    word = fmt.bare(text)
    first = Missing.NOT_REPORTED.value if Missing.NOT_REPORTED in kinds else ""
    if word in kinds and word:
        return Cell(word, "missing_mark" if word != text else None)
    if word in MARKS:
        return Cell(first, "missing_mark" if word else None)
    return None


def _severed(column: Column, text: str) -> Cell | None:
    """The refusal of a number or date that a control character breaks inside."""
    if not CONTROL.search(text.strip(AT_ENDS)):
        return None
    what = "数字" if column.measured else "日期"
    rule = {"date": "date", "yearmonth": "month"}.get(column.type, "number_broken")
    return _no(rule, f"{what}中间有看不见的控制字符,分不清前后是不是一个{what}", "删去这一格,从原件重新填。")


def mend(
    column: Column, text: str, *, name: bool = False, kinds: tuple[str, ...] = (), year: int | None = None
) -> Cell:
    """The cell of a column, canonical, mended or refused. Pure; never raises.

    ``name``: the text is an identifier or a name (key, reference, pattern). ``kinds``: the table's missing
    values. ``year``: the file's year, for suggestions. Canonical text is what ``typed`` reads.
    """
    if column.measured:
        absent = _missing(text, kinds)
        if absent:
            return absent
        if severed := _severed(column, text):
            return severed
        return _integer(column, text) if column.type == "integer" else _MEASURED[column.scale](column, text)
    if column.type in _DATES:
        if fmt.bare(text) in MARKS:
            return Cell("", "missing_mark" if text.strip() else None)
        return _severed(column, text) or _DATES[column.type](text, year)
    return _text(column, text, name)


def typed(column: Column, text: str) -> Any:
    """The value of canonical text, shaped as ``tables`` says; ``None`` for nothing (``()`` for a list)."""
    if column.many:
        return tuple(part for part in text.split("、") if part)
    if not text or (column.measured and text in KINDS):
        return None
    if column.type == "integer":
        return int(text)
    if column.type == "number":
        if column.scale == "money":
            return _fen(text, PLACES[column.unit or "元"])
        return Fraction(text.removesuffix("%")) / 100 if column.scale == "percent" else Decimal(text)
    return text


def missing(column: Column, text: str) -> str | None:
    """Why a measured value is not there, as a ``Missing`` name; ``None`` when it is there."""
    if not column.measured or (text and text not in KINDS):
        return None
    return text or Missing.NOT_REPORTED.value
