"""The check as a whole: whatever the bytes, problems, never exceptions; and each names a real cell."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import contract
from generator.check import check
from generator.errors import UsageError
from generator.format import bare, column_letter
from generator.read import read
from generator.tables import KEY, KIND, TABLE
from tests import mess

FILES = ("money/2021.csv", "rates.csv", "regions.csv", "projects/2021.csv", "sources.csv")
PARTS = st.sampled_from(
    [b",", b"\n", b"\r\n", b'"', b"\t", b";", "，".encode(), b"2021", b"510903", "射洪".encode(), "射洪".encode("gbk"),
     b"-1", b"1e5", b"\x00", b"\xff", "合计".encode(), "待定".encode(), b"9" * 30,
     "未分".encode(), b"s1", b"2021-12", b"'1"]
)  # fmt: skip


def _copy(folder: str) -> Path:
    place = Path(folder) / "data"
    shutil.copytree(mess.HOME / "contract", place)
    return place


def _messy(draw: st.DrawFn) -> tuple[str, bytes]:
    """A good file with pieces cut out and put in, or anything at all."""
    file = draw(st.sampled_from(FILES))
    if draw(st.integers(0, 4)) == 0:
        return file, draw(st.binary(max_size=200))
    content = (mess.HOME / "contract" / file).read_bytes()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(PARTS) + content[at + draw(st.integers(0, 12)) :]
    return file, content


@settings(max_examples=30)
@given(st.composite(_messy)())
def test_never_raises_and_names_real_cells(change: tuple[str, bytes]) -> None:
    file, content = change
    with tempfile.TemporaryDirectory() as folder:
        place = _copy(folder)
        (place / file).write_bytes(content)
        result = mess.run(place)
    table, _ = read(content, file)
    meant = {p.letter: p.suggestion for p in result.problems if p.file == file and p.rule == "header_near"}
    for problem in (p for p in result.problems if p.file == file and p.row is not None and table is not None):
        rows = {table.header_row: table.header, **dict(table.rows)}
        if problem.rule != "blank_rows":
            assert problem.row in rows
        if problem.letter is not None:
            index = [column_letter(i) for i in range(len(table.header))].index(problem.letter)
            found = rows[problem.row][index] if index < len(rows[problem.row]) else ""
            assert problem.value is None or "…" in problem.value or problem.value == found
            header = table.header[index]
            if problem.row != table.header_row:
                header = meant.get(problem.letter) or header
            assert problem.column is None or bare(problem.column) == bare(header)


class _Memory(dict[str, bytes]):
    def put(self, key: str, value: bytes) -> None:
        self[key] = value


def test_cached_results_are_the_same(tmp_path: Path) -> None:
    folder, cache = mess.case_folder("alias", tmp_path), _Memory()
    loaded = contract.load(folder)
    first = check(loaded, mess.SUBJECTS, cache=cache)
    kept = dict(cache)
    again = check(loaded, mess.SUBJECTS, cache=cache)
    assert cache == kept
    assert again.problems == first.problems
    assert again.tables is not None
    assert first.tables is not None
    for table in loaded.tables():
        assert again.tables.frame(table.id).equals(first.tables.frame(table.id))
    for key in cache:
        cache[key] = b"[]"
    assert check(loaded, mess.SUBJECTS, cache=cache).problems == first.problems


def test_frames_have_the_shapes_that_tables_says(tmp_path: Path) -> None:
    tables = mess.run(mess.case_folder("missing-not-applicable", tmp_path)).tables
    assert tables is not None
    money = tables.frame("money")
    assert list(money[KEY])[:2] == ["2021/1/510903/city/2021-11", "2021/1/510903/city/2021-12"]
    assert str(money["paid"].dtype) == "Int64"
    assert money["paid"].tolist()[1] == 200_500_000
    assert money["paid?"].tolist()[3] == "不涉及"
    assert set(money[TABLE]) == {"money:2021"}
    assert set(money[KIND]) == {"官方"}
    assert tables.frame("projects")["helpers"].tolist() == [("示例市卫生健康委员会", "示例市教育局"), ()]
    assert "contact" not in tables.frame("projects").columns
    assert tables.as_of() == "2021-12-31" or tables.as_of() == "2021-12"


def test_shuffled_rows_give_the_same_tables(tmp_path: Path) -> None:
    folder = mess.case_folder("columns-moved", tmp_path)
    before = mess.run(folder).tables
    path = folder / "money" / "2021.csv"
    header, *rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    path.write_text("\n".join(",".join(row) for row in [header, *reversed(rows)]), encoding="utf-8")
    after = mess.run(folder).tables
    assert before is not None
    assert after is not None
    assert before.frame("money").equals(after.frame("money"))


@pytest.mark.parametrize("path", ["../x.csv", "/etc/passwd", "a\\b.csv", "C:x.csv", "", "a/../../x.csv"])
def test_paths_stay_in_the_folder(path: str, tmp_path: Path) -> None:
    folder = mess.case_folder("bom", tmp_path)
    package = folder / "datapackage.yaml"
    text = package.read_text(encoding="utf-8").replace("path: rates.csv", f"path: '{path}'")
    package.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError):
        mess.run(folder)


def test_symlinks_are_refused(tmp_path: Path) -> None:
    folder = mess.case_folder("bom", tmp_path)
    (folder / "rates.csv").rename(tmp_path / "rates.csv")
    (folder / "rates.csv").symlink_to(tmp_path / "rates.csv")
    with pytest.raises(UsageError):
        mess.run(folder)


def test_many_mends_are_said_once(tmp_path: Path) -> None:
    folder = mess.case_folder("bom", tmp_path)
    rows = "".join(f"{i:03d},９８,1,,,\n" for i in range(100, 200))
    (folder / "rates.csv").write_text("指标,完成率(%),件数,指数,日期,说明\n" + rows, encoding="utf-8")
    found = [p for p in mess.run(folder).problems if p.rule == "mend"]
    assert len(found) == 1
    assert "共 100 处" in found[0].message


def test_long_values_are_shortened(tmp_path: Path) -> None:
    folder = mess.case_folder("bom", tmp_path)
    long = "长" * 100_000
    path = folder / "projects" / "2021.csv"
    text = path.read_text(encoding="utf-8").replace("公办幼儿园建设,示例市教育局", f"{long},{long}")
    path.write_text(text, encoding="utf-8")
    rates = folder / "rates.csv"
    numbers = f"指标,{long},件数,指数,日期,说明\n"
    rates.write_text(numbers, encoding="utf-8")
    (folder / "money" / "2021.csv").write_text(
        (folder / "money" / "2021.csv")
        .read_text(encoding="utf-8")
        .replace("300,100", f"({'9' * 99999}),{'9' * 99999}"),
        encoding="utf-8",
    )
    found = mess.run(folder).problems
    assert {p.file for p in found} == {"projects/2021.csv", "rates.csv", "money/2021.csv"}
    assert all(len(str(p.as_json())) < 1500 for p in found)
