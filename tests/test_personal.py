"""Numbers that name a person stop the check, wherever and however they are written; and are nowhere afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from generator import cli, personal, wording
from tests import mess
from tests.test_cli import MKDOCS, run

# Made up; only their check digits are right.
ID18 = "51090319900307" + "123" + ric.calc_check_digit("510903199003071230")
ID_X = next(f"51090319900307{n:03}X" for n in range(1, 999) if ric.calc_check_digit(f"51090319900307{n:03}0") == "X")
ID15 = "510903900307123"
MOBILE = "13812345678"
CARD = "622202123456789012"
CARD += luhn.calc_check_digit(CARD)
# Of residents from 港澳台.
RESIDENTS = ("830000199201300022", "810000199408230021")
NUMBERS = {ID18: "身份证号", ID_X: "身份证号", ID15: "身份证号", MOBILE: "手机号", CARD: "银行卡号"}


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)


def cut(number: str, *sizes: int) -> list[str]:
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    return [*parts, number[at:]]


GAPS = (
    *("—", "——", "–", "−", "―", " - ", "\t", "\u2009", "\u202f", "\u2003", "\u200d"),
    *(".", "·", "_", "．", "・", "~", "～", "    "),
)
FORMS = {
    "plain": (ID18, ID_X, ID_X.lower(), ID15, MOBILE, CARD),
    "full width": tuple(map(wide, NUMBERS)),
    "spaces": (" ".join(cut(ID18, 6, 8)), "\u3000".join(cut(MOBILE, 3, 4)), " ".join(cut(CARD, 4, 4, 4, 4))),
    "hyphens": ("-".join(cut(MOBILE, 3, 4)), wide("－".join(cut(MOBILE, 3, 4))), "-".join(cut(CARD, 4, 4, 4, 4))),
    "invisible": ("\u200b".join(cut(MOBILE, 3, 4)), "\u00a0".join(cut(ID18, 6, 8))),
    "the country": (f"+86 {MOBILE}", f"86{MOBILE}", f"0086-{MOBILE}", f"＋86{wide(MOBILE)}"),
    "bold": (f"**{MOBILE}**", f"*{ID18}*", f"{MOBILE}*", f"***{MOBILE}***", f"找*{MOBILE}*，"),
    "in a list of lines": (
        f"1.{MOBILE} 某某",
        f"2.{ID18}",
        f"1．{MOBILE}（办公室）",
        f"电话{MOBILE}.5月",
        f"1. {MOBILE}",
    ),
    "an X apart": (f"{ID_X[:-1]} X", f"{ID_X[:-1]}-x", f"{ID_X[:-1]}×", f"{ID_X[:-1]}Ⅹ"),
    "among words": (f"电话是{MOBILE}，", f"身份证:{ID18}。", f"卡（{CARD}）", f"12 {MOBILE} 3", f"{MOBILE}/{ID18}"),
    "other gaps": tuple(gap.join(cut(MOBILE, 3, 4)) for gap in GAPS),
    "other groups": tuple(" ".join(cut(MOBILE, *sizes)) for sizes in ((1,) * 10, (3,), (7,), (4,), (3, 2, 2, 2))),
    "line breaks": ("\n".join(cut(MOBILE, 3)), "\n".join(cut(ID18, 10)), "\r\n".join(cut(CARD, 8))),
    "brackets": ("(138)12345678", "（138）1234 5678", "(138) 1234-5678"),
    "dots and strokes": (
        "+86.138.1234.5678",
        "。138.1234.5678.",
        ".".join(cut(ID_X, 6, 8)),
        "/".join(cut(ID18, 6, 4, 2, 2)),
        ".".join(cut(ID15, 6, 6)),
        "、".join(cut(ID18, 6, 8)),
        "·".join(cut(ID18, 6, 8)),
        ".".join(cut("4111111111111111", 4, 4, 4)),
        " ".join(ID18),
    ),
    "no gap": (
        MOBILE * 2,
        MOBILE * 3,
        f"86{MOBILE}{MOBILE}",
        ID18 + MOBILE,
        MOBILE + ID18,
        ID_X + MOBILE,
        wide(MOBILE * 2),
    ),
    "two marks": ("138-1234 5678", "138 1234-5678", "4111 1111\n1111 1111", "138 1234\n5678"),
    "letters behind": (f"{CARD}ICBC", f"{CARD}建行"),
    "other cuts": (" ".join(ID_X), " ".join(cut(ID18, 3, 3, 8)), " ".join(cut(ID18, 6, 8, 2))),
    "an X behind": (f"{MOBILE}X", f"手机{MOBILE}x先生"),
    "residents": (*RESIDENTS, " ".join(cut(RESIDENTS[0], 6, 8))),
    "as a number": (f"{MOBILE}.0", f"'{ID18}", f"{CARD}.00"),
}
HARMLESS = (
    "1410\n422\n3612", "138\n1234\n5678", "投资 1500 200 3000 万元", "2021-162-4320 2021-949", "434\n346\n120",
    "2021-2-8\n2021-3-9\n2021-4-10\n2021-5-11", "52510800500000002J", "52510800500000010D", "55370102567282942X",
    "139 000 12345",
    "138****1234", "510903********1234", "0825-2222222", "0825 2222222", "12345", "91510900MA6ABCDE0X",
    "510903001001", "川府发〔2021〕12号", "2021-12-15 2021-12-31 8:30", "20211231120938", "2021-01-01至2021-12-31",
    "13,812,345,678", "13812345678.5", "0.13812345678", f"{ID18[:-1]}{(int(ID18[-1]) + 1) % 10}", "138123456789",
    f"{CARD[:-1]}{(int(CARD[-1]) + 1) % 10}", "5109000001", "1 2 3 4 5 6 7 8 9 10 11 12", "138 12 345 678",
    "1,381,234.56", "138,123,456.78", "138,123", "2021/10/12", "2021/10/12 138,12", "13 81 23 45 67 8",
    "1 3 2 5 4 0 0 1 2 3 4 5", "9 1 3 2 5 4 0 0 1 2 3 4", "12,138,1234,5678", "138,1234,5678,90", "138, 1234, 5678",
    "138、1234、5678", "1381.2345678", "13812.345678", "1.138.1234.5678", "4111,1111,1111,1111", "4111/1111/1111/1111",
    "1381.23 4567.8", "182/1000/2000", "185,1250,2300", "13900 140000", "2021—2022", "2021-01—2021-12",
    "budget/2021/p07/paid@2021-12", "138(1234)5678号", "2101-510903-04-01-123456", "2008-510902-01-01-717020",
    "5109012021804764", "N5109012021527118", "51090122022004531", "510903210315001", "135-2021-00012",
    "4111 1111 1111 1111 1111", f"{MOBILE}{MOBILE[:-1]}", "1381234567812912345678", "8300001992013000231",
    "840000199201300022", "192.168.100.1111", "1,381,234,567.89", "138/12/345/678", "2021/10/12 2021/11/13",
    "138.12.345.678", "1.2.3.4.5.6.7.8.9.10.11", "138,123,456,78", "2021-01/2021-02/2021-03",
    "(2021)123号、(2021)1234号", "110105.19491231.0021", "2222.1111.1111.1111",
)  # fmt: skip


@pytest.mark.parametrize("text", [t for texts in FORMS.values() for t in texts])
def test_every_form_is_found_and_hidden(text: str) -> None:
    shown, kinds = personal.masked(text)
    assert kinds
    assert len(shown) == len(text)
    assert "***" in shown
    assert list(personal.find(shown)) == []


@pytest.mark.parametrize("number", NUMBERS)
def test_it_is_said_what_was_found(number: str) -> None:
    assert personal.masked(number)[1] == (NUMBERS[number],)
    assert personal.masked(f"{number}、{number}")[1] == (NUMBERS[number],) * 2
    assert personal.masked(f"{number}\n{number}")[1] == (NUMBERS[number],) * 2


@pytest.mark.parametrize("text", HARMLESS)
def test_what_names_nobody_passes(text: str) -> None:
    assert personal.masked(text) == (text, ())


@given(
    before=st.text("0123456789０１ -－X.*,/·()\n—电话", max_size=60),
    number=st.sampled_from(list(NUMBERS)),
    after=st.text("电话（，", max_size=5),
)
def test_nothing_of_a_number_is_left_in_any_text(before: str, number: str, after: str) -> None:
    shown, _ = personal.masked(f"{before}，{number}{after}")
    assert number not in shown
    assert list(personal.find(shown)) == []


# --- every way in × everything that comes out ------------------------------------------------------------------------

HEADER = ("年度", "项目编号", "区划代码", "资金层级", "截至月份", "年初预算安排数(万元)", "资金拨付(万元)", "来源")
PLACES = [f"column {name}" for name in HEADER] + ["header", "unknown column", "title", "file name", "words"]


def planted(data: Path, place: str, number: str) -> None:
    """The number somewhere in a data folder."""
    file = data / "money/2021.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    if place.startswith("column "):
        cells = lines[1].split(",")
        cells[HEADER.index(place.removeprefix("column "))] = number
        lines[1] = ",".join(cells)
    elif place == "header":
        lines[0] = lines[0].replace("来源", f"来源{number}")
    elif place == "unknown column":
        lines = [f"{line},{'电话' if i == 0 else number}" for i, line in enumerate(lines)]
    elif place == "title":
        lines.insert(0, f"填报人 {number}")
    elif place == "words":
        projects = data / "projects/2021.csv"
        rows = projects.read_text(encoding="utf-8")
        projects.write_text(rows.replace("公办幼儿园建设", f"公办幼儿园建设(电话{number})"), encoding="utf-8")
    else:
        (data / f"{number}.csv").write_text("a\n", encoding="utf-8")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize("place", PLACES)
def test_no_number_reaches_a_report_or_a_working_file(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_subjects", lambda: mess.SUBJECTS)
    (tmp_path / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    data = mess.case_folder("alias", tmp_path)
    common = ("--config", tmp_path / "mkdocs.yml", "--data", data)
    planted(data, place, ID18)
    commands = [("check", "--format", form) for form in ("text", "json", "github")] + [("build", "--debug")]
    for command in commands:
        status, out, err = run(capsys, *command, *common)
        assert status == 1, command
        assert "身份证号" in out, command
        assert command[-1] != "text" or "错误 个人号码" in out
        assert ID18 not in out + err, command
    kept = [p for p in tmp_path.rglob("*") if p.is_file() and not p.is_relative_to(data)]
    assert not [p for p in kept if ID18.encode() in p.read_bytes() or ID18 in p.name]


@pytest.mark.parametrize(
    "line",
    [
        "138&nbsp;1234&nbsp;5678",
        "138**1234**5678",
        "138<b>1234</b>5678",
        "138<!-- 1 -->12345678",
        "138~~1234~~5678",
        "`138`1234`5678`",
        f"**{ID18}**",
        "138\\-1234\\-5678",
    ],
)
def test_a_written_page_is_read_as_it_is_seen(line: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"---\ntitle: 甲\n---\n\n电话 {line}。\n", encoding="utf-8")
    (problem,) = [p for p in wording.pages(tmp_path, wording.Words([])) if p.rule == "personal"]
    assert problem.row == 5
    assert "***" in problem.message


def test_a_long_list_of_small_numbers_takes_no_longer_than_it_is_long() -> None:
    """Counted, not timed: each number begins as many candidates as there are lengths, however long the list."""
    seen = []
    for size in (500, 1000):
        groups = list(personal.GROUP.finditer(text := "1 " * size))
        seen.append(sum(1 for first in range(size) for _ in personal._windows(text, groups, first, amount=False)))
    assert seen[1] < 2.2 * seen[0]
    assert list(personal.find("1 " * 20_000 + MOBILE))


@pytest.mark.parametrize("line", ["展板 1500*1200*800 毫米", "1500\\*1200\\*800", "15000*120000"])
def test_sizes_on_a_written_page_are_no_numbers(line: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"---\ntitle: 甲\n---\n\n{line}。\n", encoding="utf-8")
    assert list(wording.pages(tmp_path, wording.Words([]))) == []
