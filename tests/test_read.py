"""Bytes -> cells: what is read, what is said, what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.read import read

GOOD = "名称,数\n射洪市,1\n"
READABLE = [
    (GOOD.encode(), set(), "UTF-8", ","),
    (GOOD.encode("utf-8-sig"), set(), "UTF-8", ","),
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
    (b'a,b\n1,"x\n2,y\n', "quote"),
    (b'a,b\n"x"y,1\n', "quote"),
    ("a，b\n1，2\n".encode(), "full_width_comma"),
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
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([["名称", *cells], ["数", *cells]])
    table, _ = read(out.getvalue().encode(encoding), "x.csv")
    assert table is not None
    kept = tuple(cells)
    while kept and not kept[-1].strip():
        kept = kept[:-1]
    assert table.header == ("名称", *kept)
