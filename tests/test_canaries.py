"""Canaries: what must not come out, put in by every way in, and looked for in everything that is written or said.

A number that names a person stops every command, and is nowhere afterwards. A column that is not public is in no output
at all but the release's store, which keeps the inputs as they are and is not published.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from generator import pipeline, records
from generator.errors import InputError, UsageError
from generator.files import put
from generator.release import publish, revert, withdraw
from generator.release.publish import Wish
from generator.subjects import SUBJECTS
from tests import project
from tests.project import portal
from tests.released import WWW, quiet, release, where
from tests.test_tasks import add_things

NUMBER = "110105194912310038"  # made from the standard's own example: the check digit holds
FORMS = (NUMBER, "１１０１０５１９４９１２３１００３８", "110105 19491231 0038")
SECRET = "金丝雀不公开"
NEWS = "---\n编号: 1\n日期: 2021-12-31\n类型: 工作动态\n标题: {title}\n来源: demo\n---\n\n{body}\n"


# --- numbers that name a person ---------------------------------------------------------------------------


def _news(root: Path) -> None:
    """The small project with a table of news, so that pages and pictures can be ways in."""
    line = "- {{name: {0}-2021, table: {0}, year: 2021, path: {0}/2021.csv, schema: schemas/{0}.yaml}}\n"
    package = root / "data/datapackage.yaml"
    text = package.read_text(encoding="utf-8")
    for table in ("grievances", "updates"):
        header = project.read_rows(project.ROOT / f"data/{table}/2021.csv")[0]
        project.write_rows(root / f"data/{table}/2021.csv", [header])
        text = text.replace("resources:\n", f"resources:\n{line.format(table)}")
    package.write_text(text, encoding="utf-8")


def _cell(root: Path, number: str) -> None:
    project.edit_rows(root / "data/units.csv", lambda rows: rows[1].__setitem__(2, f"甲 {number}"))


def _title(root: Path, number: str) -> None:
    (root / "data/updates/title.md").write_text(NEWS.format(title=f"找 {number}", body="一段。"), encoding="utf-8")


def _body(root: Path, number: str) -> None:
    (root / "data/updates/text.md").write_text(NEWS.format(title="一条", body=f"电话 {number}"), encoding="utf-8")


def _page_name(root: Path, number: str) -> None:
    (root / f"data/updates/{number}.md").write_text(NEWS.format(title="一条", body="一段。"), encoding="utf-8")


def _file_name(root: Path, number: str) -> None:
    (root / f"data/{number}.csv").write_text("a\n", encoding="utf-8")


def _picture(root: Path, number: str) -> None:
    text = "一段。\n\n![门口](a.jpg)"
    (root / "data/updates/a.md").write_text(NEWS.format(title="一条", body=text), encoding="utf-8")
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "JPEG", comment=number.encode())
    (root / "data/updates/a.jpg").write_bytes(out.getvalue())


def _unused_picture(root: Path, number: str) -> None:
    """No page shows it; a release would keep it in its store."""
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "JPEG", comment=number.encode())
    (root / "data/updates/z.jpg").write_bytes(out.getvalue())


def _written(root: Path, number: str) -> None:
    (root / "docs/notice.md").write_text(f"---\ntitle: 通知\n---\n\n找 {number}\n", encoding="utf-8")


def _named_page(root: Path, number: str) -> None:
    (root / f"docs/{number}.md").write_text("---\ntitle: 通知\n---\n\n一句。\n", encoding="utf-8")


def _schema(root: Path, number: str) -> None:
    project.replace(root / "data/schemas/units.yaml", "description: ", f"description: 问 {number} ")


def _configuration(root: Path, number: str) -> None:
    project.replace(root / "mkdocs.yml", "site_description: ", f"site_description: 找 {number} ")


WAYS: dict[str, Callable[[Path, str], None]] = {
    "cell": _cell,
    "title": _title,
    "text": _body,
    "page's name": _page_name,
    "file's name": _file_name,
    "picture": _picture,
    "unused picture": _unused_picture,
    "hand-written page": _written,
    "hand-written page's name": _named_page,
    "schema": _schema,
    "configuration": _configuration,
}
COMMANDS = (
    ("check",), ("check", "--format", "json", "--report", "out/r.html"), ("check", "--report", "out/r.xlsx"),
    ("build",), ("diff", "--html", "out/sheet.html"), ("diff", "--format", "json"),
    ("publish", "--demo", "--approval", "x", "--zip", "out/site.zip"),
)  # fmt: skip


def test_a_number_of_a_person_stops_everything_and_is_nowhere(first: Path) -> None:
    """All ways in at once: the check names each of them, and no command says or keeps a number."""
    _news(first)
    (first / "out").mkdir()
    for place, (way, plant) in enumerate(WAYS.items()):
        plain = "name" in way or "picture" in way
        plant(first, NUMBER if plain else FORMS[place % len(FORMS)])
    before = project.files(first / "site")
    for command in COMMANDS:
        done = portal(*command, cwd=first)
        said = done.stdout + done.stderr
        assert done.returncode == 1, (command, said)
        assert not any(form in said for form in FORMS), command
        assert "身份证号" in said, command
        assert "json" not in command or json.loads(done.stdout)["summary"]["错误"], command
    found = json.loads(portal("check", "--format", "json", cwd=first).stdout)["problems"]
    files = {p["file"] for p in found if p["level"] == "错误" and "身份证号" in p["message"]}
    hidden = f"{NUMBER[:3]}{'*' * 13}{NUMBER[-2:]}"
    assert files == {
        "units.csv", "updates/title.md", "updates/text.md", f"updates/{hidden}.md", f"{hidden}.csv", "updates/a.jpg",
        "updates/z.jpg", "docs/notice.md", f"docs/{hidden}.md", "schemas/units.yaml", "mkdocs.yml",
    }  # fmt: skip
    assert project.files(first / "site") == before
    for folder in ("build", "site", "out"):
        assert where(first / folder, *FORMS) == []
    assert where(first.parent / WWW, *FORMS) == []
    assert len(records.load(first / "data").files) == 1


def test_what_is_said_with_a_release_has_no_number_either(second: Path) -> None:
    """Records are for ever: a number in them could not be taken out any more."""
    before = project.files(second / "data")
    reason, fine = f"联系人 {FORMS[2]}", "示例"
    gone = withdraw.row(project.load(second), "budget", "2021/2/510903/city/2021-12")
    said = []

    def take_out(reason: str, document: str) -> object:
        wish = Wish(to=second.parent / WWW, approval="示例", demo=True)
        return publish.withdrawn(project.load(second), lambda: SUBJECTS, gone, wish, reason, document, quiet)

    for attempt in (
        lambda: Wish(approval=FORMS[0]),  # before a revert has put anything back
        lambda: release(second, approval=FORMS[0]),
        lambda: release(second, note=reason),
        lambda: take_out(reason, fine),
        lambda: take_out(fine, reason),
        lambda: revert.restore(project.load(second), 1, reason, SUBJECTS),
    ):
        with pytest.raises(UsageError, match="身份证号") as refused:
            attempt()
        said.append(str(refused.value))
    assert not any(form in text for form in FORMS for text in said)
    assert project.files(second / "data") == before


def test_what_only_lies_beside_the_data_is_in_no_release(first: Path) -> None:
    """Nobody looks into a workbook that the site is not made from: the store does not keep it either."""
    for name in ("名单.xlsx", "旧/单位.csv", "说明.txt", "updates/名单.csv", "updates/旧/a.md"):
        put(first / "data", {name: FORMS[0].encode()})
    project.edit_rows(first / "data/sources.csv", lambda rows: rows[1].__setitem__(1, "《甲市年鉴》第二版"))
    assert release(first).fresh
    history = records.load(first / "data")
    listed = history.listed(history.records[-1].inputs)
    assert {n for n in listed if n.startswith("data/")} == {
        f"data/{p.relative_to(first / 'data').as_posix()}"
        for p in (first / "data").rglob("*")
        if p.suffix in (".csv", ".yaml") and not p.match("旧/*") and not p.match("updates/*")
    }
    kept = [gzip.decompress(path.read_bytes()) for path in (first / "data/releases/objects").rglob("*.gz")]
    assert kept
    assert not [content for content in kept if FORMS[0].encode() in content]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_that_comes_in_with_a_number_leaves_nothing(kind: str, first: Path) -> None:
    rows = project.read_rows(first / "data/units.csv")
    rows[1][2] = FORMS[0]
    inbox = first / "收件"
    if kind == "csv":
        project.write_rows(inbox / "单位.csv", rows)
    else:
        inbox.mkdir()
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)  # type: ignore[union-attr]
        book.save(inbox / "单位.xlsx")
    before = project.files(first / "data")
    done = portal("import", "收件", "--yes", cwd=first)
    assert done.returncode == 1
    assert FORMS[0] not in done.stdout + done.stderr
    assert project.files(first / "data") == before
    assert where(first / "build", *FORMS) == []


# --- columns that are not public --------------------------------------------------------------------------


def test_what_is_not_public_is_in_no_output_but_the_store(first: Path) -> None:
    """In a release, in what is shown before it, and in what is told of it; the store has it as part of the inputs."""
    schema = first / "data/schemas/budget.yaml"
    text = schema.read_text(encoding="utf-8")
    field = "  - {name: 内部备注, id: memo, type: string, description: 不公开, constraints: {maxLength: 80}}\n"
    schema.write_text(text.replace("primaryKey:", f"{field}primaryKey:", 1), encoding="utf-8")

    def add(rows: list[list[str]]) -> None:
        for number, row in enumerate(rows):
            row.append("内部备注" if number == 0 else SECRET)

    project.edit_rows(first / project.BUDGET, add)
    project.replace(first / project.BUDGET, f"2021-12,400,400,360,demo,{SECRET}", f"2021-12,400,400,361,demo,{SECRET}")
    with (first / "data/corrections.csv").open("a", encoding="utf-8") as file:
        file.write("c1,2022-02-01,budget,2021/1/510903/city/2021-12,拨付(万元),360,361,漏记,,demo\n")
    (first / "out").mkdir()
    said = ""
    www = str(first.parent / WWW)
    for command in (
        ("check", "--format", "json"),
        ("diff", "--format", "json", "--html", "out/sheet.html"),
        ("publish", "--demo", "--approval", "x", "--to", www, "--zip", "out/site.zip"),
        ("verify", "data"),
    ):
        done = portal(*command, cwd=first)
        assert done.returncode == 0, done.stdout + done.stderr
        said += done.stdout + done.stderr
    assert SECRET not in said
    assert "内部备注" not in said
    for folder in (first / "site", first / "out", first.parent / f"{WWW}.releases", first / "build/docs"):
        assert where(folder, SECRET, "内部备注") == [], folder
    history = records.load(first / "data")
    inputs = {digest for record in history.records for digest in history.listed(record.inputs).values()}
    holding = {
        records.hash_of(gzip.decompress(path.read_bytes()))
        for path in (first / "data/releases/objects").rglob("*.gz")
        if SECRET.encode() in gzip.decompress(path.read_bytes())
    }
    assert holding
    assert holding <= inputs
    assert SECRET not in json.dumps([json.loads(content) for _, content in history.files], ensure_ascii=False)


# --- counts so small that they name people ----------------------------------------------------------------


def _listed(root: Path, table: str) -> None:
    """The table has a file of the year."""
    package = root / "data/datapackage.yaml"
    entry = (
        f"- {{name: {table}-2021, table: {table}, year: 2021, path: {table}/2021.csv, schema: schemas/{table}.yaml}}"
    )
    text = package.read_text(encoding="utf-8")
    package.write_text(text.replace("resources:\n", f"resources:\n{entry}\n"), encoding="utf-8")


def test_a_column_that_pages_need_cannot_be_made_private_without_a_word(first: Path) -> None:
    old = "counts: true, public: true, description: 牵头的单位"
    project.replace(first / "data/schemas/projects.yaml", old, old.replace("public: true, ", ""))
    done = portal("build", cwd=first)
    assert done.returncode == 2
    assert "“牵头单位”在数据契约里改成了不公开" in done.stderr


def test_a_correction_says_nothing_of_a_private_column(first: Path) -> None:
    schema = first / "data/schemas/budget.yaml"
    text = schema.read_text(encoding="utf-8")
    field = "  - {name: 内部备注, id: memo, type: string, description: 不公开, constraints: {maxLength: 80}}\n"
    schema.write_text(text.replace("primaryKey:", f"{field}primaryKey:", 1), encoding="utf-8")
    project.edit_rows(
        first / project.BUDGET, lambda rows: [row.append("内部备注" if not n else SECRET) for n, row in enumerate(rows)]
    )
    with (first / "data/corrections.csv").open("a", encoding="utf-8") as file:
        file.write(f"c1,2022-02-01,budget,2021/1/510903/city/2021-12,内部备注,x,{SECRET},漏记,,demo\n")
    done = portal("check", cwd=first)
    assert done.returncode == 1
    assert "“内部备注”不公开,更正会公开" in done.stdout


def test_a_complaint_that_hardly_anybody_made_comes_out_nowhere(first: Path) -> None:
    """Two wrote letters, seven came: neither is said, and no sum has them."""
    add_things(first)
    header = project.read_rows(project.ROOT / "data/grievance_origins/2021.csv")[0]
    counts = {"12345热线": 8734211, "来信": 2, "来访": 7}
    rows = [["2021", "1", channel, str(n), "demo"] for channel, n in counts.items()]
    project.write_rows(first / "data/grievance_origins/2021.csv", [header, *rows])
    _listed(first, "grievance_origins")
    release(first)
    records_of = json.loads((first / "site/data/grievance_origins/2021.json").read_text(encoding="utf-8"))["records"]
    assert {r["channel"]: r["count"] for r in records_of} == {"12345热线": 8734211, "来信": None, "来访": None}
    figures = json.loads((first / "site/data/figures/2021/grievances.json").read_text(encoding="utf-8"))["figures"]
    mine = {f["id"]: f for f in figures if any(r["table"] == "grievance_origins:2021" for r in f["rows"])}
    assert {f["value"] for f in mine.values()} == {"8734211", None}
    assert mine["grievances/2021/all/reports"]["lacks"] == {"不公开": 2}
    (first / "out").mkdir()
    said = portal("diff", "--format", "json", "--html", "out/sheet.html", cwd=first).stdout
    sums = [8734211 + more for more in (2, 7, 9)]
    telling = [form for n in sums for form in (f'"{n}"', f",{n},", f"{n:,}")]
    assert not any(text in said for text in telling)
    for folder in (first / "site", first / "out", first.parent / WWW):
        assert where(folder, *telling) == [], folder


def test_a_small_count_comes_out_nowhere_and_nothing_gives_it_back(first: Path) -> None:
    """Of 38 who were asked, 3 were dissatisfied: the site says neither that nor, besides, how many were satisfied."""
    add_things(first)
    shipped = project.ROOT / "data/satisfaction/2021.csv"
    line = "2021,1,1,2021-12-20,入户,38,14,21,{},demo"
    project.write_rows(first / "data/satisfaction/2021.csv", [project.read_rows(shipped)[0], line.format(3).split(",")])
    _listed(first, "satisfaction")
    release(first)
    # A further release, in which nothing of it changes but the words around it, and what is told of both.
    project.edit_rows(first / "data/sources.csv", lambda rows: rows[1].__setitem__(1, "《甲市年鉴》第二版"))
    release(first)
    (row,) = json.loads((first / "site/data/satisfaction/2021.json").read_text(encoding="utf-8"))["records"]
    assert (row["sample"], row["satisfied"], row["fair"], row["dissatisfied"]) == (38, None, 21, None)
    assert row["@missing"] == {"satisfied": "不公开", "dissatisfied": "不公开"}
    csv = (first / "site/data/satisfaction/2021.csv").read_text(encoding="utf-8-sig")
    assert "38,不公开,21,不公开" in csv
    figures = json.loads((first / "site/data/figures/2021/grievances.json").read_text(encoding="utf-8"))["figures"]
    mine = [f for f in figures if any(r["table"] == "satisfaction:2021" for r in f["rows"])]
    assert mine
    # 14, 3, 35 and 17, and their shares of 38: what would say the hidden ones, by itself or by subtraction.
    telling = {"14", "3", "35", "17", "0.368421", "0.078947", "0.921053"}
    assert {f["value"] for f in mine} & telling == set()
    for path in (first / "site/releases").rglob("changes.json"):
        changes = json.loads(path.read_text(encoding="utf-8"))
        assert not [f for f in changes["figures"] if "satisf" in f["id"] and f["new"] and f["new"]["value"] in telling]
    page = (first / "site/grievances/2021/g01/index.html").read_text(encoding="utf-8")
    assert "不公开" in page


def test_a_correction_says_no_hidden_count(first: Path) -> None:
    """Satisfied 14 is hidden beside 3; 14 to 15 may be corrected, but not said."""
    add_things(first)
    header = project.read_rows(project.ROOT / "data/satisfaction/2021.csv")[0]
    row = "2021,1,1,2021-12-20,入户,38,{},21,{},demo"
    project.write_rows(first / "data/satisfaction/2021.csv", [header, row.format(14, 3).split(",")])
    _listed(first, "satisfaction")
    release(first)
    project.write_rows(first / "data/satisfaction/2021.csv", [header, row.format(15, 2).split(",")])
    told = "c1,2022-02-01,satisfaction,2021/1/1,满意,{},{},漏记一份(演示),,demo"
    corrections = first / "data/corrections.csv"
    known = project.read_rows(corrections)
    project.write_rows(corrections, [*known, told.format("14", "不公开").split(",")])
    with pytest.raises(InputError, match="更正说出了网站上不公开的数"):
        release(first)
    project.write_rows(corrections, [*known, told.format("不公开", "15").split(",")])
    with pytest.raises(pipeline.InputProblems):
        release(first)
    project.write_rows(corrections, [*known, told.format("不公开", "不公开").split(",")])
    assert release(first).fresh
    assert "由 14" not in (first / "site/corrections/feed.json").read_text(encoding="utf-8")


def test_a_higher_threshold_hides_what_published_corrections_say(first: Path) -> None:
    add_things(first)
    header = project.read_rows(project.ROOT / "data/satisfaction/2021.csv")[0]
    row = "2021,1,1,2021-12-20,入户,70,30,25,{},demo"
    project.write_rows(first / "data/satisfaction/2021.csv", [header, row.format(12).split(",")])
    _listed(first, "satisfaction")
    release(first)
    project.write_rows(first / "data/satisfaction/2021.csv", [header, row.format(15).split(",")])
    told = "{},2022-02-0{},satisfaction,2021/1/1,{},{},{},漏记三份(演示),,demo"
    corrections = first / "data/corrections.csv"
    known = project.read_rows(corrections)
    project.write_rows(corrections, [*known, told.format("c1", 1, "不满意", 12, 15).split(",")])
    release(first)
    project.replace(first / "data/schemas/satisfaction.yaml", "below: 5", "below: 20")
    with pytest.raises(pipeline.InputProblems):
        release(first)
    hushed = [told.format("c1", 1, "不满意", "不公开", "不公开"), told.format("c2", 2, "不满意", "不公开", "不公开"),
              told.format("c3", 2, "基本满意", 25, "不公开")]  # fmt: skip
    project.write_rows(corrections, [*known, *(line.split(",") for line in hushed)])
    assert release(first).fresh


def test_noughts_do_not_give_a_small_count_back(first: Path) -> None:
    """Of 3 who were asked, 3 were satisfied: were the noughts said, the hidden count would be the total."""
    add_things(first)
    header = project.read_rows(project.ROOT / "data/satisfaction/2021.csv")[0]
    row = ["2021", "1", "1", "2021-07-16", "随机电话", "3", "3", "0", "0", "demo"]
    project.write_rows(first / "data/satisfaction/2021.csv", [header, row])
    _listed(first, "satisfaction")
    project.build(first)
    (told,) = json.loads((first / "site/data/satisfaction/2021.json").read_text(encoding="utf-8"))["records"]
    assert (told["sample"], told["satisfied"], told["fair"], told["dissatisfied"]) == (3, None, None, None)
    figures = json.loads((first / "site/data/figures/2021/grievances.json").read_text(encoding="utf-8"))["figures"]
    mine = {f["id"]: f["value"] for f in figures if any(r["table"] == "satisfaction:2021" for r in f["rows"])}
    known = {name.rpartition("/")[2] for name, value in mine.items() if value is not None}
    assert mine
    assert known <= {"asked", "sample"}, mine
