"""News written as pages with pictures: rows like any other, pictures without anything but pixels."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from generator import check, contract, imaging
from generator.check import Checked
from generator.subjects import SUBJECTS
from tests import project, rule_cases
from tests.sites import ROOT

IDENTITY = "11010519491231002X"  # the example of the standard's own text
MATTER = "编号: 27\n日期: 2021-12-31\n类型: 工作动态\n标题: 新建的公园开放了\n来源: demo\n"
BODY = "第一段。\n\n![公园门口排队的人](a.jpg)\n\n第二段。\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A small data folder, with a page of news and its picture."""
    folder = rule_cases.folder(None, tmp_path / "data")
    page(folder)
    (folder / "updates/a.jpg").write_bytes(photo())
    return folder


def page(folder: Path, matter: str = MATTER, body: str = BODY, name: str = "gongyuan.md") -> None:
    (folder / "updates" / name).write_text(f"---\n{matter}---\n\n{body}", encoding="utf-8")


def photo(size: tuple[int, int] = (3000, 2000), kind: str = "JPEG", *, exif: Image.Exif | None = None) -> bytes:
    """A photograph with a gradient, so that it has many colours."""
    made = Image.linear_gradient("L").resize(size).convert("RGB")
    made.putpixel((0, 0), (255, 0, 0))
    out = io.BytesIO()
    made.save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()


def told(folder: Path) -> Checked:
    return check.check(contract.load(folder), SUBJECTS)


def found(folder: Path, rule: str) -> list[tuple[str, str]]:
    return [(str(p.level), p.message) for p in told(folder).problems if p.rule == rule]


# --- pages ------------------------------------------------------------------------------------------------


def test_a_page_is_a_row_with_its_pictures(data: Path) -> None:
    checked = told(data)
    assert checked.tables is not None, checked.problems
    (row,) = [r for r in checked.tables.rows("updates") if r["number"] == 27]
    assert (row["year"], row["title"], row["@key"], row["@table"]) == (
        2021,
        "新建的公园开放了",
        "2021/27",
        "updates:2021",
    )
    picture = checked.tables.pictures["updates/a.jpg"]
    assert (picture.suffix, picture.width, picture.height) == (".jpg", 1280, 853)
    assert not [p for p in checked.problems if p.file.startswith("updates/gong")]


@pytest.mark.parametrize(
    ("matter", "rule", "said"),
    [
        (MATTER.replace("2021-12-31", "2021-13-31"), "date", "日期"),
        (MATTER.replace("编号: 27\n", ""), "required", "编号"),
        (MATTER.replace("编号: 27", "编号: 1"), "key_twice", "相同"),
        (MATTER.replace("工作动态", "新闻"), "enum", "类型"),
        (MATTER.replace("demo\n", "nowhere\n"), "reference", "来源"),
        (MATTER + "项目编号: 999\n", "reference", "项目编号"),
        (MATTER + "作者: 某人\n", "written", "作者"),
        (MATTER.replace("2021-12-31", "1999-12-31"), "written", "1999"),
        ("- 不是键值\n", "written", "读不懂"),
        ("标题: [\n", "written", "读不懂"),
        (MATTER + f"单位: {IDENTITY}\n", "personal", "身份证号"),
    ],
)
def test_what_is_wrong_on_top_is_told_by_heading(matter: str, rule: str, said: str, data: Path) -> None:
    page(data, matter)
    problems = [p for p in told(data).problems if p.file == "updates/gongyuan.md" and str(p.level) == "错误"]
    assert problems
    assert all(p.row is None and p.letter is None and "列)" not in p.message for p in problems)
    assert any(said in p.message for p in problems), [p.message for p in problems]
    assert IDENTITY not in str(problems)


def test_headers_and_ids_are_both_read_and_widths_do_not_count(data: Path) -> None:
    page(data, "number: 27\ndate: 2021年12月31日\nkind: 工作动态\ntitle: 公园\nsource: demo\n项目编号 : 1\n")
    tables = told(data).tables
    assert tables is not None
    (row,) = [r for r in tables.rows("updates") if r["number"] == 27]
    assert (row["date"], row["project"]) == ("2021-12-31", 1)


@pytest.mark.parametrize(
    "body", ["# 标题\n", "- 一\n- 二\n", "看[这里](https://example.org)\n", "<b>粗</b>\n", "**粗**"]
)
def test_marks_in_the_text_are_warned_of(body: str, data: Path) -> None:
    page(data, body=body + BODY)
    assert [level for level, _ in found(data, "written_marks")] == ["警告"]


def test_numbers_of_persons_in_the_text_or_the_name_stop_the_check(data: Path) -> None:
    page(data, body=f"{BODY}联系人 {IDENTITY}\n")
    assert any("身份证号" in m for _, m in found(data, "personal"))
    page(data)
    (data / f"updates/{IDENTITY}.md").write_text("x", encoding="utf-8")
    said = [m for _, m in found(data, "personal")]
    assert said
    assert IDENTITY not in str(told(data).problems)


# --- pictures ---------------------------------------------------------------------------------------------


def _late_text(text: str) -> bytes:
    """A PNG with a text behind its pixels."""
    made = io.BytesIO()
    Image.new("RGB", (9, 9)).save(made, "PNG")
    block = b"iTXtComment\0\0\0\0\0" + text.encode()
    chunk = (len(block) - 4).to_bytes(4, "big") + block + zlib.crc32(block).to_bytes(4, "big")
    return made.getvalue()[:-12] + chunk + made.getvalue()[-12:]


def _with_text(where: str) -> bytes:
    """A picture with an identity number somewhere in its metadata."""
    exif = Image.Exif()
    out = io.BytesIO()
    if where == "exif":
        exif[ExifTags.Base.ImageDescription] = f"拍摄 {IDENTITY}"
    elif where == "windows":
        exif[ExifTags.Base.XPComment] = f"拍摄 {IDENTITY}".encode("utf-16-le")
    elif where == "ifd":
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = b"ASCII\0\0\0" + IDENTITY.encode()
        exif[ExifTags.Base.Make] = "x"
    elif where == "other order":  # of bytes, as cameras write it
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = b"UNICODE\0" + IDENTITY.encode("utf-16-be")
        exif[ExifTags.Base.Make] = "x"
    elif where == "first of two comments":
        Image.new("RGB", (9, 9)).save(out, "JPEG", comment=b"x")
        block = b"\xff\xfe" + (len(IDENTITY) + 2).to_bytes(2, "big") + IDENTITY.encode()
        return out.getvalue()[:2] + block + out.getvalue()[2:]
    elif where == "behind the end":
        return photo((90, 60)) + IDENTITY.encode()
    elif where == "behind the pixels":
        return _late_text(f"身份证 {chr(0xFF11)}{IDENTITY[1:]}")
    elif where in ("png", "key"):
        info = PngImagePlugin.PngInfo()
        info.add_text(*(("Author", IDENTITY) if where == "png" else (IDENTITY, "x")), zip=True)
        Image.new("RGB", (9, 9)).save(out, "PNG", pnginfo=info)
        return out.getvalue()
    elif where == "comment":
        Image.new("RGB", (9, 9)).save(out, "JPEG", comment=IDENTITY.encode())
        return out.getvalue()
    else:
        Image.new("RGB", (9, 9)).save(out, "WEBP", xmp=f"<x>{IDENTITY}</x>".encode())
        return out.getvalue()
    return photo((90, 60), exif=exif)


@pytest.mark.parametrize(
    "where",
    [
        "exif",
        "windows",
        "ifd",
        "other order",
        "png",
        "behind the pixels",
        "key",
        "comment",
        "first of two comments",
        "behind the end",
        "xmp",
    ],
)
def test_numbers_of_persons_in_metadata_stop_the_check(where: str, data: Path) -> None:
    (data / "updates/a.jpg").write_bytes(_with_text(where))
    (problem,) = [p for p in told(data).problems if p.rule == "picture"]
    assert "图片自带的信息里有身份证号" in problem.message
    assert IDENTITY not in str(problem)


def test_a_picture_with_broken_metadata_is_no_fault(data: Path) -> None:
    made = Image.new("RGB", (9, 9))
    out = io.BytesIO()
    made.save(out, "PNG", exif=b"Exif\0\0not a tiff")
    for name in ("a.jpg", "unused.png"):
        (data / "updates" / name).write_bytes(out.getvalue())
    assert not [p for p in told(data).problems if p.rule == "picture"]


def test_a_photograph_is_not_taken_for_a_number(data: Path) -> None:
    """Noise in compressed bytes, and what cameras write, are no numbers."""
    noise = Image.effect_noise((1200, 900), 90).convert("RGB")
    out = io.BytesIO()
    exif = Image.Exif()
    exif[ExifTags.Base.DateTime] = "2021:12:31 09:38:20"
    noise.save(
        out, "JPEG", quality=95, exif=exif, xmp=b"<x:xmpmeta>" + b" " * 2000 + b"2021-12-31T09:38:20+08:00</x:xmpmeta>"
    )
    (data / "updates/a.jpg").write_bytes(out.getvalue())
    assert [p for p in told(data).problems if p.rule == "picture"] == []


def test_what_is_published_has_nothing_but_pixels(data: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "某科室"
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (30.0, 31.0, 12.0)
    (data / "updates/a.jpg").write_bytes(photo(exif=exif))
    checked = told(data)
    assert [str(p.level) for p in checked.problems if p.rule == "picture_located"] == ["提示"]
    assert checked.tables is not None
    picture = checked.tables.pictures["updates/a.jpg"]
    assert (picture.width, picture.height) == (853, 1280)  # upright, as the camera was held
    opened = Image.open(io.BytesIO(picture.content))
    assert not opened.getexif()
    assert set(opened.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    assert b"Exif" not in picture.content
    assert len(picture.content) < 200 * 1024


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not a picture", "不是 JPEG"),
        (photo()[:5000], "读到一半就断了"),
        (photo((90, 60), "TIFF"), "不是 JPEG"),
        (b"\xff\xd8" + b"0" * (imaging.MOST_BYTES + 1), "最多 20 MB"),
    ],
    ids=["text", "torn", "tiff", "large"],
)
def test_a_picture_that_cannot_be_shown_is_refused(content: bytes, said: str, data: Path) -> None:
    (data / "updates/a.jpg").write_bytes(content)
    assert [said in m for _, m in found(data, "picture")] == [True]


def test_a_bomb_is_refused_before_it_is_unpacked(data: Path) -> None:
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    (data / "updates/a.jpg").write_bytes(out.getvalue())
    assert ["太大" in m for _, m in found(data, "picture")] == [True]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("![](a.jpg)", "没有写图片里是什么"),
        ("![门口](b.jpg)", "找不到"),
        ("![门口](../sources.csv)", "找不到"),
        ("![门口](/etc/passwd)", "找不到"),
        ("![门口](https://example.org/a.jpg)", "找不到"),
    ],
)
def test_a_picture_needs_words_and_to_be_there(body: str, said: str, data: Path) -> None:
    page(data, body=f"一段。\n\n{body}\n")
    assert [said in m for _, m in found(data, "picture")] == [True]


def test_pictures_that_nobody_names_are_said(data: Path) -> None:
    (data / "updates/b.png").write_bytes(photo((9, 9), "PNG"))
    assert len(found(data, "picture_unused")) == 1


@pytest.mark.parametrize(
    ("kind", "mode", "suffix"), [("PNG", "RGBA", ".png"), ("PNG", "RGB", ".png"), ("WEBP", "RGB", ".jpg")]
)
def test_drawings_stay_png_and_webp_becomes_what_old_browsers_show(kind: str, mode: str, suffix: str) -> None:
    made = Image.new(mode, (40, 30), (200, 30, 30, 90)[: len(mode)])
    if kind == "WEBP":
        made = Image.effect_noise((400, 300), 90).convert("RGB")
    out = io.BytesIO()
    made.save(out, kind)
    picture = imaging.published(imaging.open_(out.getvalue()))
    assert picture.suffix == suffix
    assert Image.open(io.BytesIO(picture.content)).format == {".png": "PNG", ".jpg": "JPEG"}[suffix]


# --- on the site ------------------------------------------------------------------------------------------


def test_the_page_shows_its_pictures_beside_its_words(tmp_path: Path) -> None:
    root = project.make(tmp_path / "project")
    line = "- {{name: {0}-2021, table: {0}, year: 2021, path: {0}/2021.csv, schema: schemas/{0}.yaml}}\n"
    package = root / "data/datapackage.yaml"
    text = package.read_text(encoding="utf-8")
    for table in ("grievances", "updates"):
        project.write_rows(root / f"data/{table}/2021.csv", [project.read_rows(ROOT / f"data/{table}/2021.csv")[0]])
        text = text.replace("resources:\n", f"resources:\n{line.format(table)}")
    package.write_text(text, encoding="utf-8")
    page(root / "data", MATTER)
    (root / "data/updates/a.jpg").write_bytes(photo())
    project.build(root)
    folder = root / "site/updates/2021/n027"
    html = (folder / "index.html").read_text(encoding="utf-8")
    assert '<img src="1.jpg" width="1280" height="853" loading="lazy" alt="公园门口排队的人">' in html
    assert html.index("第一段。") < html.index("1.jpg") < html.index("第二段。")
    first = (folder / "1.jpg").read_bytes()
    assert Image.open(io.BytesIO(first)).size == (1280, 853)
    # Another picture under the same name is another page.
    (root / "data/updates/a.jpg").write_bytes(photo((1600, 900)))
    project.build(root)
    assert 'height="720"' in (folder / "index.html").read_text(encoding="utf-8")
    assert (folder / "1.jpg").read_bytes() != first
    (root / "data/updates/gongyuan.md").unlink()
    (root / "data/updates/a.jpg").unlink()
    project.build(root)
    assert not folder.exists()
