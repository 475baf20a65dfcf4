"""A clerk's month, each command as it is typed: an empty table, filled in by a spreadsheet program, taken in, seen,
held back for want of a reason, corrected, published, proved, and taken back again."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import openpyxl

from tests import project
from tests.project import portal
from tests.released import WWW
from tests.test_import_own import OFFICE
from tests.test_preview import Preview

CELL = "2021/1/510903/city/2021-12"


def typed(root: Path, *arguments: str, status: int = 0) -> str:
    """A command's words; it must end as said, and never with a traceback."""
    done = portal(*arguments, cwd=root)
    said = done.stdout + done.stderr
    assert done.returncode == status, said
    assert "Traceback" not in said
    return said


def filled(root: Path, table: str, cells: dict[str, str]) -> None:
    """The table's empty workbook, one row filled in, saved by a spreadsheet program into 收件."""
    typed(root, "template", table)
    (empty,) = (root / "模板").glob(f"*{table}*.xlsx")
    book = openpyxl.load_workbook(empty)
    sheet = book.worksheets[0]
    heads = {str(cell.value): cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        for column in heads.values():
            sheet.cell(row, column).value = None
    for name, text in cells.items():
        sheet.cell(2, heads[name]).value = text
    book.save(root / f"build/{table}.xlsx")
    subprocess.run(
        [OFFICE, "--headless", f"-env:UserInstallation=file://{root}/build/office", "--convert-to", "ods",
         "--outdir", str(root / "收件"), str(root / f"build/{table}.xlsx")],
        check=True, capture_output=True,
    )  # fmt: skip


def test_from_an_empty_table_to_a_release_and_back(first: Path) -> None:
    root, www = first, str(first.parent / WWW)
    filled(root, "民生资金", {
        "年度": "2021", "项目编号": "1", "区划代码": "东山区", "资金层级": "市", "截至月份": "2021-12",
        "安排(万元)": "400", "下达(万元)": "400", "拨付(万元)": "365", "来源": "demo",
    })  # fmt: skip
    assert "没有写入" in typed(root, "import", "收件", status=1) or "--yes" in typed(root, "import", "收件", status=1)
    assert "已写入 data/budget/2021.csv" in typed(root, "import", "收件", "--yes")

    preview = Preview(root)
    try:
        page = preview.get("/budget/2021/p01/")[1]
        assert "725.00" in page
        assert "本页是改动的。" in page
    finally:
        preview.close()

    said = typed(root, "diff", "--html", "审签单.html", status=1)
    assert f"数据表 budget,行 {CELL},列 拨付(万元),原值 360,新值 365" in said
    held = typed(root, "publish", "--demo", "--approval", "示例〔2022〕2号", "--to", www, status=1)
    assert "1 处改了已经公布的数" in held

    filled(root, "更正", {
        "编号": "c1", "更正日期": "2022-02-01", "数据表": "budget", "行": CELL, "列": "拨付(万元)",
        "原值": "360", "新值": "365", "原因": "漏记一笔(演示)", "来源": "demo",
    })  # fmt: skip
    typed(root, "import", "收件/更正.ods", "--yes")
    said = typed(root, "diff", "--html", "审签单.html")
    assert "〔更正(c1)〕" in said
    assert "保密审查" in (root / "审签单.html").read_text(encoding="utf-8")
    said = typed(root, "publish", "--demo", "--approval", "示例〔2022〕2号", "--to", www)
    digest = said.partition("校验值 ")[2].split()[0]
    assert "全部对得上" in typed(root, "verify", www, "--known", digest)
    assert "365.00" in (Path(www) / "releases/0002/index.html").read_text(encoding="utf-8")

    typed(root, "diff", "--revert", "1", "--note", "漏记的一笔不对(演示)")
    said = typed(
        root, "publish", "--revert", "1", "--note", "漏记的一笔不对(演示)", "--demo", "--approval", "示例〔2022〕3号",
        "--to", www,
    )  # fmt: skip
    assert said.startswith("第 3 次发布")
    assert "全部对得上" in typed(root, "verify", www, "--known", digest)
    assert "全部对得上" in typed(root, "verify", "data")
    assert "720.00" in (Path(www) / "budget/2021/p01/index.html").read_text(encoding="utf-8")
    record = json.loads((root / "data/releases/0003.json").read_text(encoding="utf-8"))
    assert record["reverts"] == 1
    corrections = project.read_rows(root / "data/corrections.csv")
    assert [row[0] for row in corrections[1:]] == ["c1", "revert-3-1"]
