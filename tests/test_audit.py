"""The look at a finished site: each thing that it looks for, planted once."""

from __future__ import annotations

from pathlib import Path

from generator import audit
from tests.sites import Built

PAGE = "budget/2021/p07/index.html"
FAULTS = {
    '<img src="https://other.example/a.png">': "从别的网站加载",
    '<script src="//other.example/a.js"></script>': "从别的网站加载",
    '<iframe src="http://other.example/"></iframe>': "从别的网站加载",
    '<link rel="stylesheet" href="https://other.example/a.css">': "从别的网站加载",
    '<a href="../nowhere/">x</a>': "没有通到哪里",
    '<a href="../../../data/nothing.csv">x</a>': "没有通到哪里",
    '<a href="#nowhere">x</a>': "没有的位置",
    '<a href="../#nowhere">x</a>': "没有的位置",
}


def _site(shipped: Built, folder: Path, page: str) -> Path:
    """A site of links to the shipped one's files, one page of which is another."""
    for path in shipped.site.rglob("*"):
        if path.is_file():
            target = folder / path.relative_to(shipped.site)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(path)
    (folder / PAGE).unlink()
    (folder / PAGE).write_text(page, encoding="utf-8")
    return folder


def test_the_shipped_sites_are_in_order(shipped: Built, sichuan: Built) -> None:
    assert list(audit.problems(shipped.site)) == []
    assert list(audit.problems(sichuan.site)) == []


def test_each_fault_is_found(shipped: Built, tmp_path: Path) -> None:
    text = (shipped.site / PAGE).read_text(encoding="utf-8")
    site = _site(shipped, tmp_path, text.replace("</article>", "".join(FAULTS) + "</article>"))
    found = list(audit.problems(site))
    assert len(found) == len(FAULTS)
    for said in FAULTS.values():
        assert any(said in f for f in found)
    assert all(f.startswith(PAGE) for f in found)


def test_a_page_without_a_policy_is_found(shipped: Built, tmp_path: Path) -> None:
    text = (shipped.site / PAGE).read_text(encoding="utf-8")
    site = _site(shipped, tmp_path, text.replace("Content-Security-Policy", "Nothing", 1))
    assert list(audit.problems(site)) == [f"{PAGE} 没有内容安全策略"]


def test_links_to_others_are_allowed(shipped: Built, tmp_path: Path) -> None:
    text = (shipped.site / PAGE).read_text(encoding="utf-8")
    urls = ("data:image/png;base64,AAAA", "mailto:a@example.org", "https://other.example/")
    links = "".join(f'<a href="{url}">x</a>' for url in urls)
    site = _site(shipped, tmp_path, text.replace("</article>", f"{links}</article>"))
    assert list(audit.problems(site)) == []
