"""The desk as a clerk uses it, and as somebody else's page would like to: only loopback, only its own forms."""

from __future__ import annotations

import http.client
import io
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from generator import settings
from generator.desk import server
from generator.errors import UsageError
from tests import mess, project
from tests.browser.test_axe import audit
from tests.test_cli import MKDOCS
from tests.test_import import HEADERS, ROWS, one

SHAPES = [(1280, 900, False), (390, 740, False), (1280, 900, True)]


@dataclass(frozen=True, slots=True)
class Running:
    """A desk at work: its project's folder and its address."""

    home: Path
    address: str

    @property
    def money(self) -> str:
        return (self.home / "data/money/2021.csv").read_text(encoding="utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Running]:
    home = tmp_path / "我的 项目"
    shutil.copytree(mess.HOME / "contract", home / "data")
    (home / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    made, address = server.serve(lambda: settings.load(home / "mkdocs.yml"), lambda: mess.SUBJECTS, 0)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield Running(home, address)
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def visit(browser: Browser, desk: Running) -> Iterator[Callable[..., Page]]:
    """Opens the desk; in the end no request may have gone elsewhere, and no script may have failed."""
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def make(width: int = 1280, height: int = 900, dark: bool = False, script: bool = True) -> Page:
        scheme = "dark" if dark else "light"
        contexts.append(
            browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                java_script_enabled=script,
                locale="zh-CN",
            )
        )
        contexts[-1].on("console", lambda message: said.append(f"{message.type} {message.text}"))
        contexts[-1].on("weberror", lambda error: said.append(str(error.error)))
        contexts[-1].on("request", lambda r: said.append(r.url) if not r.url.startswith(desk.address) else None)
        page = contexts[-1].new_page()
        page.goto(desk.address)
        return page

    yield make
    for context in contexts:
        context.close()
    assert [s for s in said if "status of 4" not in s] == []


def sent(tmp_path: Path, name: str, content: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def look(page: Page, *files: Path) -> None:
    page.set_input_files("#files", list(files))
    page.get_by_role("button", name="看一看").click()
    expect(page.get_by_role("heading", level=1, name="看改动")).to_be_visible()


ASKED = [[*ROWS[1][:4], "12月底", *ROWS[1][5:]], [*ROWS[0][:4], "12月底", *ROWS[0][5:]]]


@pytest.mark.parametrize("shape", SHAPES, ids=["desktop", "phone", "dark"])
def test_a_workbook_is_dropped_read_and_written(
    desk: Running, visit: Callable[..., Page], tmp_path: Path, shape: tuple[int, int, bool]
) -> None:
    page = visit(*shape)
    assert audit(page) == []
    look(page, sent(tmp_path, "资金 报表.xlsx", one([HEADERS, *ASKED])))
    assert audit(page) == []
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    question = page.get_by_role("checkbox")
    expect(question).to_have_count(1)  # two cells that are read alike are one question
    expect(page.locator(".answer")).to_contain_text("第 2、3 行 截至月份(E 列):“12月底”读作“2021-12”吗?")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("95.00")
    page.get_by_role("button", name="写入数据").click()
    expect(page.get_by_role("heading", level=1, name="看改动")).to_be_visible()  # the browser asks for the answer
    assert "95.00" not in desk.money
    question.check()
    page.get_by_role("button", name="写入数据").click()
    expect(page.get_by_role("heading", level=1, name="已写入")).to_be_visible()
    assert audit(page) == []
    assert "95.00" in desk.money
    page.get_by_role("link", name="看核对报告").click()
    expect(page.get_by_role("heading", level=1, name="数据检查报告")).to_be_visible()


def test_rows_that_may_have_been_forgotten_stand_apart(visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit()
    look(page, sent(tmp_path, "资金.xlsx", one([HEADERS, ROWS[0]])))
    inside, outside = page.locator("details.note").filter(has_text="来件里没有的行").all()
    expect(inside.locator("summary")).to_have_text("来件里没有的行，在这份来件涉及的区划代码、截至月份里 1")
    expect(outside.locator("summary")).to_have_text("来件里没有的行，不在这份来件涉及的区划代码、截至月份里 2")
    inside.locator("summary").click()
    expect(inside.locator("li")).to_have_text(["年度 2021、项目编号 2、区划代码 510903、资金层级 市、截至月份 2021-12"])
    outside.locator("summary").click()
    expect(outside.locator("li")).to_have_count(2)


def test_everything_works_without_script(desk: Running, visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit(script=False)
    look(page, sent(tmp_path, "资金.xlsx", one([HEADERS, *ROWS])))
    page.get_by_role("button", name="写入数据").click()
    expect(page.get_by_role("heading", level=1, name="已写入")).to_be_visible()
    assert "95.00" in desk.money


def test_a_file_is_dropped_on_the_field(desk: Running, visit: Callable[..., Page]) -> None:
    page = visit()
    page.evaluate(
        """text => {
          const files = new DataTransfer();
          files.items.add(new File([text], '拖来的.csv'));
          const field = document.querySelector('.drop');
          field.dispatchEvent(new DragEvent('drop', {dataTransfer: files, bubbles: true, cancelable: true}));
        }""",
        desk.money.replace(",90,", ",96,"),
    )
    expect(page.locator(".chosen li")).to_have_text("拖来的.csv")
    page.get_by_role("button", name="看一看").click()
    expect(page.locator("tbody .new")).to_have_text("96.00")


def test_a_refused_file_is_explained_and_nothing_of_it_is_kept(
    desk: Running, visit: Callable[..., Page], tmp_path: Path
) -> None:
    mark = "独一无二的内容"
    page = visit()
    before = project.tree(desk.home / "data")
    falling = [*ROWS[0][:6], 50, "s1"]  # refused by the check of the folder as it would be
    for name, rows in (("坏的.xlsx", [*ROWS[0][:5], f"约{mark}", 1, "s1"]), (f"{mark}.xlsx", falling)):
        look(page, sent(tmp_path, name, one([HEADERS, rows])))
        expect(page.locator(".verdict.error")).to_contain_text("什么也没有写")
        expect(page.get_by_role("button", name="写入数据")).to_have_count(0)
        expect(page.locator(".said.error li").first).to_contain_text("第 2 行")
        page.get_by_role("link", name="再放一次").click()
    assert project.tree(desk.home / "data") == before
    kept = [f for f in (desk.home / "build").rglob("*") if f.is_file()]
    assert not [f for f in kept if mark.encode() in f.read_bytes() or b",50,s1" in f.read_bytes()]


def test_not_writing_forgets(desk: Running, visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit()
    other = page.context.new_page()
    other.goto(desk.address)
    for one_page in (page, other):
        look(one_page, sent(tmp_path, "资金.xlsx", one([HEADERS, *ROWS])))
    page.get_by_role("button", name="写入数据").click()  # the other page has dropped a file since
    expect(page.locator(".verdict")).to_contain_text("已经处理过了")
    look_again = page.get_by_role("link", name="回到开头")
    look_again.click()
    look(page, sent(tmp_path, "资金.xlsx", one([HEADERS, *ROWS])))
    page.get_by_role("button", name="不写").click()
    expect(page.locator(".verdict")).to_contain_text("没有写入")
    other.get_by_role("button", name="写入数据").click()
    expect(other.locator(".verdict")).to_contain_text("已经处理过了")
    assert "95.00" not in desk.money


def test_what_the_file_does_not_say_is_said_beside_it(
    desk: Running, visit: Callable[..., Page], tmp_path: Path
) -> None:
    page = visit()
    page.get_by_text("表里没写清楚的").click()
    assert audit(page) == []
    page.get_by_label("是哪张表").select_option("资金")
    page.get_by_label("金额的单位").select_option("元")
    page.get_by_label("第 1 列的列名").fill("来源")
    page.get_by_label("第 1 列的值").fill("s1")
    header = [h.replace("(万元)", "") for h in HEADERS[:-1]]
    look(page, sent(tmp_path, "资金.xlsx", one([header, [*ROWS[1][:5], 1_000_000, 950_000]])))
    expect(page.locator("tbody .new")).to_have_text("95.00")


def test_workbooks_to_be_filled_in_are_there(desk: Running, visit: Callable[..., Page]) -> None:
    page = visit()
    with page.expect_download() as started:
        page.get_by_role("link", name="资金").click()
    assert started.value.suggested_filename == "资金.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(started.value.path().read_bytes()))
    assert [c.value for c in book.worksheets[0][1]] == HEADERS


# --- others -----------------------------------------------------------------------------------------------------------


def ask(
    desk: Running, method: str, path: str = "", body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], str]:
    place = urlsplit(desk.address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
    sent = {"Host": place.netloc, **{k.replace("_", "-"): v for k, v in headers.items()}}
    connection.putrequest(method, place.path + path if not path.startswith("//") else path[1:], skip_host=True)
    for name, value in {**sent, **({"Content-Length": str(len(body))} if body is not None else {})}.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read().decode()
    connection.close()
    return found


def test_only_its_own_pages_on_loopback_may_ask(desk: Running) -> None:
    place = urlsplit(desk.address)
    own = f"http://{place.netloc}"
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert ask(desk, "GET")[0] == 200
    assert ask(desk, "GET", Host=f"localhost:{place.port}")[0] == 200
    for host in ("example.org", f"example.org:{place.port}", "127.0.0.1", f"127.0.0.1:{(place.port or 0) + 1}"):
        assert ask(desk, "GET", Host=host)[0] == 403, host
    assert ask(desk, "GET", "//")[0] == 404
    assert ask(desk, "GET", "//look")[0] == 404
    for path in ("look", "write", "drop"):
        for origin in (
            {},
            {"Origin": "null"},
            {"Origin": "http://example.org"},
            {"Origin": own.replace("http:", "https:")},
        ):
            assert ask(desk, "POST", path, b"", **form, **origin)[0] == 403, (path, origin)
        assert ask(desk, "GET", path)[0] == 404 or ask(desk, "GET", path)[0] == 405
    assert ask(desk, "POST", "write", urlencode({"token": ""}).encode(), **form, Origin=own)[0] == 409
    assert ask(desk, "POST", "look", b"", **form, Origin=own)[0] == 400
    assert ask(desk, "GET", "../mkdocs.yml")[0] == 404
    assert ask(desk, "GET", "server.py")[0] == 404


def test_every_answer_says_what_a_browser_may_do(desk: Running) -> None:
    for path, status in (("", 200), ("desk.js", 200), ("desk.css", 200), ("report", 200), ("nothing", 404)):
        found, headers, _ = ask(desk, "GET", path)
        assert found == status
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "Traceback" not in _


def test_too_much_is_refused(desk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    own = f"http://{urlsplit(desk.address).netloc}"
    status, _, _ = ask(
        desk, "POST", "look", b"", Origin=own, Content_Type="multipart/form-data; boundary=x",
    )  # fmt: skip
    assert status == 400
    place = urlsplit(desk.address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
    connection.putrequest("POST", f"{place.path}look")
    for name, value in (
        ("Origin", own),
        ("Content-Length", str(10**9)),
        ("Content-Type", "multipart/form-data; boundary=x"),
    ):
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, "文件太大了" in answer.read().decode()) == (413, True)
    connection.close()


def test_a_port_that_is_taken_is_said(desk: Running) -> None:
    port = urlsplit(desk.address).port or 0
    with pytest.raises(UsageError, match=f"端口 {port} 已被占用"):
        server.serve(lambda: settings.load(desk.home / "mkdocs.yml"), lambda: mess.SUBJECTS, port)
