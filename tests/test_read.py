"""Bytes -> cells: what is read, what is said, what is refused."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import read as read_module
from generator.read import read

GOOD = "名称,数\n射洪市,1\n"
READABLE = [
    (GOOD.encode(), set(), "UTF-8", ","),
    (GOOD.encode("utf-8-sig"), {"encoding"}, "UTF-8", ","),
    (GOOD.encode("gbk"), {"encoding"}, "GB18030", ","),
    (GOOD.replace("射", "𬭎").encode("gb18030"), {"encoding"}, "GB18030", ","),
    (GOOD.encode("utf-16"), {"encoding"}, "UTF-16", ","),
    (GOOD.replace("\n", "\r\n").encode(), {"line_ends"}, "UTF-8", ","),
    (GOOD.replace("\n", "\r").encode(), {"line_ends"}, "UTF-8", ","),
    (GOOD.replace(",", "\t").encode(), {"delimiter"}, "UTF-8", "\t"),
    (GOOD.replace(",", ";").encode(), {"delimiter"}, "UTF-8", ";"),
    (b"a\n1\n", set(), "UTF-8", ","),
]
REFUSED = [
    (b"", "empty_file"),
    (b"\xef\xbb\xbf \r\n", "empty_file"),
    (b"PK\x03\x04rest", "workbook"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "workbook"),
    (b"a,b\n1,\x002\n", "nul"),
    ("a,b\n1,\0".encode("utf-16"), "nul"),
    (b"\xff\xfea", "encoding_unknown"),
    (GOOD.encode("gbk") + b"\xff\n", "encoding_unknown"),
    (GOOD.encode() + "船山,1\n".encode("gbk"), "encoding_mixed"),
    (GOOD.encode("gbk") + "船山区,1\n".encode(), "encoding_mixed"),
    ("射洪,".encode("gbk") + "船山区,1\n".encode(), "encoding_mixed"),
    (GOOD.encode("gbk") + "“十四五”规划年,1\n".encode(), "encoding_mixed"),
    (GOOD.encode("gbk") + "第①批改造工,1\n".encode(), "encoding_mixed"),
    (GOOD.encode("gbk") + "①②,1\n".encode(), "encoding_mixed"),
    (GOOD.encode("gbk") + "2021年·A区,1\n".encode(), "encoding_mixed"),
    (GOOD.encode() + "射洪,1\n".encode()[:-5], "encoding_unknown"),
    (GOOD.encode() + b"caf\xe9,1\n", "encoding_unknown"),
    (GOOD.encode("gbk") + b"\xaa\xa1\xaa\xa2,1\n", "encoding_unknown"),
    (b'a,b\n1,"x\n2,y\n', "quote"),
    (b'a,b\n"x"y,1\n', "quote"),
    ("a，b\n1，2\n".encode(), "full_width_comma"),
    ("标题，年度\na，b，c，d\n1，2，3，1,234\n".encode(), "full_width_comma"),
]


@pytest.mark.parametrize(("content", "said", "encoding", "delimiter"), READABLE)
def test_read(content: bytes, said: set[str], encoding: str, delimiter: str) -> None:
    table, problems = read(content, "x.csv")
    assert table is not None
    assert {p.rule for p in problems} == said
    assert (table.encoding, table.delimiter) == (encoding, delimiter)
    assert [number for number, _ in table.rows] == [2]


@pytest.mark.parametrize(("content", "rule"), REFUSED)
def test_refused(content: bytes, rule: str) -> None:
    table, problems = read(content, "x.csv")
    assert table is None
    assert [(p.rule, p.file) for p in problems] == [(rule, "x.csv")]
    assert problems[0].remedy


@pytest.mark.parametrize(
    ("content", "row", "words"),
    [
        (GOOD.encode("gbk") + '"甲\n乙",2\n丙,3\n'.encode("gbk") + "“十四五”规划年,4\n".encode(), 5, "两种编码"),
        (GOOD.encode() + '"甲\n乙",2\n'.encode() + "船山,1\n".encode("gbk"), 4, "两种编码"),
        (GOOD.encode() + '"甲\n乙",2\n'.encode() + b"caf\xe9,1\n", 4, "别处都是 UTF-8"),
        (GOOD.encode() + '"甲\n乙",2\n射洪'.encode()[:-1], 4, "没有传完"),
        (GOOD.encode("gbk") + '"甲\r\n乙",2\r\n'.encode("gbk") + b"\xff\n", 4, "既不是"),
        (GOOD.encode("gbk") + '"甲\n乙",2\n'.encode("gbk") + b"\xaa\xa1,1\n", 4, "没有定义的字"),
        (b'a;b\n1;"x\ny"\n1;5"\n1;\0\n', 4, "空字节"),
        ('a,b\r\n1,"x\r\ny"\r\n1,\0'.encode("utf-16"), 3, "空字节"),
    ],
)
def test_refusals_name_the_row_that_excel_shows(content: bytes, row: int, words: str) -> None:
    problem = read(content, "x.csv")[1][0]
    assert (problem.row, words in problem.message) == (row, True)


LEVEL_1 = "".join(bytes([a, b]).decode("gb2312", "ignore") for a in range(0xB0, 0xD8) for b in range(0xA1, 0xFF))
LEVEL_2 = "".join(bytes([a, b]).decode("gb2312", "ignore") for a in range(0xD8, 0xF8) for b in range(0xA1, 0xFF))


@given(st.lists(st.text(LEVEL_1 + "，。、；：“”（）①②％１２ab1 ", min_size=1), min_size=1, max_size=3))
def test_everyday_chinese_in_gbk_is_never_taken_for_utf8(cells: list[str]) -> None:
    content = "名称,".encode("gbk") + ",".join(cells).encode("gbk")
    table, _ = read(content, "x.csv")
    assert table is not None
    assert table.header == tuple(f"名称,{','.join(cells)}".split(","))[: len(table.header)]


def test_rare_characters_in_gbk_are_seldom_taken_for_utf8() -> None:
    looks = read_module._utf8
    for rare in LEVEL_2:
        assert not any(looks(f"{rare}{other}".encode("gbk")) for other in LEVEL_1[::7] + LEVEL_2[::7])
    words = [f"{LEVEL_2[i * 7 % 3008]}{LEVEL_1[i * 11 % 3755]}{LEVEL_1[i * 13 % 3755]}" for i in range(50_000)]
    assert sum(looks(word.encode("gbk")) for word in words) < 10


def test_what_the_city_writes_is_read_in_gbk() -> None:
    for file in sorted((Path(__file__).parent.parent / "data").rglob("*.csv")):
        text = file.read_text(encoding="utf-8")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        for cell in {cell for row in rows for cell in row if cell and '"' not in cell}:
            table, _ = read(f'名称,"{cell}"\n'.encode("gb18030"), file.name)
            assert table is not None
            assert table.header == ("名称", cell)
        table, _ = read(text.encode("gb18030"), file.name)
        same, _ = read(text.encode(), file.name)
        assert table is not None
        assert same is not None
        assert (table.header, table.rows) == (same.header, same.rows)


def test_rows_are_counted_as_excel_counts_them() -> None:
    table, problems = read(b'\n"a\nb",c\n\n"1\n2\n3",x\n,\n4,y\n', "x.csv")
    assert table is not None
    assert (table.header_row, table.header) == (2, ("a\nb", "c"))
    assert table.rows == ((4, ("1\n2\n3", "x")), (6, ("4", "y")))
    assert [(p.rule, p.row) for p in problems] == [("blank_rows", 1), ("quoted_newline", 2)]


def test_many_blank_rows_are_one_note() -> None:
    _, problems = read(b"a,b\n1,2\n" + b",\n" * 65_000, "x.csv")
    assert [p.message for p in problems] == ["第 3 行起,共 65000 行是空行,已略过。"]


def test_cells_right_of_the_header_are_kept_and_empty_columns_are_not() -> None:
    table, problems = read(b"a,b,,\n1,2,3,\n4,5,,\n", "x.csv")
    assert table is not None
    assert table.header == ("a", "b", "")
    assert [p.rule for p in problems] == ["trailing_columns"]
    table, _ = read(b"a,b\n1,2,3\n", "x.csv")
    assert table is not None
    assert table.header == ("a", "b", "")


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_title_with_full_width_commas_decides_no_delimiter(delimiter: str) -> None:
    text = f"民生资金，2021年，单位：万元\n\na{delimiter}b\n1{delimiter}新建，改建\n"
    table, _ = read(text.encode(), "x.csv")
    assert table is not None
    assert table.delimiter == delimiter
    assert table.rows == ((3, ("a", "b")), (4, ("1", "新建，改建")))


def test_a_full_width_comma_names_its_row() -> None:
    _, problems = read('"标\n题"\n\na，b\n'.encode(), "x.csv")
    assert [(p.rule, p.row) for p in problems] == [("full_width_comma", 3)]


@given(
    st.binary() | st.text().map(lambda t: t.encode("gb18030", "ignore")) | st.text().map(lambda t: t.encode("utf-16"))
)
def test_never_raises(content: bytes) -> None:
    table, problems = read(content, "x.csv")
    assert table is not None or len(problems) == 1


@given(
    st.lists(st.text('船山区射洪市安居遂宁约,\n"12', max_size=8), min_size=2, max_size=4),
    st.sampled_from(["utf-8", "gbk"]),
)
def test_what_was_written_is_read(cells: list[str], encoding: str) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([["名称", *cells], ["数", *cells]])
    table, _ = read(out.getvalue().encode(encoding), "x.csv")
    assert table is not None
    kept = tuple(cells)
    while kept and not kept[-1].strip():
        kept = kept[:-1]
    assert table.header == ("名称", *kept)
