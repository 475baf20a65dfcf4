"""The store: only differences are written, and nothing foreign is touched. What fails is in test_store_faults."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import store
from generator.errors import MachineError, ProgramError, UsageError
from generator.store import Source
from tests import faults

ROOT = Path(__file__).parent.parent
OLD = {
    "index.html": "home",
    "same.html": "same",
    "gone/deep/index.html": "gone",
    "kept/gone.html": "gone",
    "file": "becomes a folder",
    "folder/a.html": "becomes",
    "folder/b/c.html": "a file",
}
NEW = {
    "index.html": "another home",
    "same.html": "same",
    "new/deep/index.html": "new",
    "file/index.html": "was a file",
    "folder": "was a folder",
}
FOREIGN = {"kept/foreign.txt": "not ours", "gone.txt": "not ours either"}
APPLY = """
import json, sys
from pathlib import Path
from generator import store
from generator.errors import PortalError
out, files = Path(sys.argv[1]), json.loads(sys.argv[2])
try:
    store.apply(out, {p: store.Source.of(t.encode()) for p, t in files.items()}, fingerprint=sys.argv[2])
except PortalError as error:
    sys.exit(str(error))
"""
RECOVER = """
import sys
from pathlib import Path
from generator import store
store.recover(Path(sys.argv[1]))
"""


def tree(folder: Path) -> dict[str, bytes | str | None]:
    """Everything below a folder: content of files, target of links, ``None`` for folders."""
    found: dict[str, bytes | str | None] = {}
    for file in sorted(folder.rglob("*")):
        content = str(file.readlink()) if file.is_symlink() else None if file.is_dir() else file.read_bytes()
        found[file.relative_to(folder).as_posix()] = content
    return found


def apply(out: Path, files: Mapping[str, str], fingerprint: str | None = None) -> store.Applied:
    sources = {path: Source.of(text.encode()) for path, text in files.items()}
    return store.apply(out, sources, fingerprint=fingerprint or json.dumps(files))


def site(out: Path, files: Mapping[str, str], *, foreign: bool = True) -> Path:
    """A site made in the past, and files that somebody else has put into it."""
    apply(out, files)
    if foreign:
        faults.put(out, FOREIGN)
    return out


def applying(out: Path, files: Mapping[str, str]) -> list[str]:
    return ["-c", APPLY, str(out), json.dumps(files)]


def recovering(out: Path) -> list[str]:
    return ["-c", RECOVER, str(out)]


# --- the out folder, undisturbed


def test_first_apply_and_what_the_manifest_says(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "site"
    assert apply(out, {"b/x.html": "2", "a.html": "1"}, "f") == store.Applied(("a.html", "b/x.html"), (), 0)
    text = (out / "portal-manifest.json").read_text(encoding="utf-8")
    one, two = store.digest_of(b"1"), store.digest_of(b"2")
    assert text == f'{{"files":{{"a.html":"{one}","b/x.html":"{two}"}},"fingerprint":"f","version":1}}\n'
    assert set(tree(out)) == {"a.html", "b", "b/x.html", "portal-manifest.json"}


def test_only_differences_are_written_and_only_listed_files_deleted(tmp_path: Path) -> None:
    out = site(tmp_path / "site", OLD)
    before = (out / "same.html").stat()
    done = apply(out, NEW)
    assert done.written == ("file/index.html", "folder", "index.html", "new/deep/index.html")
    assert done.deleted == ("file", "folder/a.html", "folder/b/c.html", "gone/deep/index.html", "kept/gone.html")
    assert done.unchanged == 1
    assert (out / "same.html").stat() == before
    assert not (out / "gone").exists()
    assert (out / "kept/foreign.txt").read_text() == "not ours"


def test_nothing_changed_writes_nothing(tmp_path: Path) -> None:
    out = site(tmp_path / "site", OLD)
    again = faults.strike(out, 0, applying(out, OLD), cwd=ROOT)
    assert faults.operations(again) == 0, again.stderr
    assert apply(out, OLD) == store.Applied((), (), len(OLD))


def test_a_new_fingerprint_alone_rewrites_the_manifest_alone(tmp_path: Path) -> None:
    out = site(tmp_path / "site", OLD)
    assert apply(out, OLD, "other") == store.Applied((), (), len(OLD))
    found = store.manifest(out)
    assert found is not None
    assert found["fingerprint"] == "other"


@pytest.mark.parametrize("harm", ["delete", "tamper", "link", "folder"])
def test_a_harmed_output_is_noticed_and_restored(tmp_path: Path, harm: str) -> None:
    out = site(tmp_path / "site", OLD)
    listing = store.manifest(out)
    assert listing is not None
    assert store.intact(out, listing)
    victim = out / "same.html"
    victim.unlink()
    if harm == "tamper":
        victim.write_text("same, not")
    if harm == "link":
        faults.put(tmp_path, {"elsewhere": "same"})
        victim.symlink_to(tmp_path / "elsewhere")
    if harm == "folder":
        (victim / "empty").mkdir(parents=True)
    assert not store.intact(out, listing)
    assert apply(out, OLD).written == ("same.html",)
    assert store.intact(out, listing)
    assert not victim.is_symlink()


def test_leftovers_of_an_apply_are_not_intact(tmp_path: Path) -> None:
    out = site(tmp_path / "site", OLD)
    (out / ".portal-new").mkdir()
    listing = store.manifest(out)
    assert listing is not None
    assert not store.intact(out, listing)


def test_content_from_a_file_is_copied_and_must_keep_its_promise(tmp_path: Path) -> None:
    cached = tmp_path / "cached"
    cached.write_bytes(b"x" * 3_000_000)
    out = tmp_path / "site"
    store.apply(out, {"big": Source(store.digest_of(cached.read_bytes()), cached)}, fingerprint="")
    assert (out / "big").read_bytes() == cached.read_bytes()
    before = tree(out)
    with pytest.raises(ProgramError, match="cached"):
        store.apply(out, {"big": Source(store.digest_of(b"other"), cached)}, fingerprint="")
    with pytest.raises(MachineError, match="更新输出文件夹没有完成"):
        store.apply(out, {"big": Source(store.digest_of(b"other"), tmp_path / "absent")}, fingerprint="")
    assert tree(out) == before


@pytest.mark.parametrize(
    "name",
    ["", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a\\b", "c:x", "a\0", "con", "a/NUL.txt", "a.", "a ",
     "portal-manifest.json", "PORTAL-manifest.json", ".portal-new/x", "a?b"],
)  # fmt: skip
def test_paths_that_no_site_may_have(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProgramError, match="不允许"):
        apply(tmp_path / "site", {name: "x"})
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    ("one", "other"), [("a/B", "a/b"), ("ä", "a\u0308"), ("a", "a/b"), ("A", "a/b"), ("A/x", "a/y"), ("x/ß", "x/SS")]
)
def test_paths_that_collide_where_case_is_ignored(tmp_path: Path, one: str, other: str) -> None:
    with pytest.raises(ProgramError, match=r"大小写|文件夹"):
        apply(tmp_path / "site", {one: "1", other: "2"})


def test_long_names_work(tmp_path: Path) -> None:
    name = "n" * 250 + ".html"
    assert apply(tmp_path / "site", {name: "1"}).written == (name,)


# --- what is not ours


@pytest.mark.parametrize(
    ("stands", "wanted", "named"),
    [
        ({"x.html": "foreign"}, "x.html", "x.html"),
        ({"x": "foreign"}, "x/index.html", "x"),
        ({"x/foreign.txt": "foreign"}, "x", "x/foreign.txt"),
    ],
)
def test_a_foreign_file_in_the_way_stops_everything(
    tmp_path: Path, stands: dict[str, str], wanted: str, named: str
) -> None:
    out = site(tmp_path / "site", OLD)
    faults.put(out, stands)
    before = tree(out)
    with pytest.raises(UsageError, match=named):
        apply(out, {**NEW, wanted: "ours"})
    assert tree(out) == before


def test_a_foreign_file_of_equal_content_is_no_obstacle(tmp_path: Path) -> None:
    faults.put(tmp_path, {"x.html": "equal"})
    assert apply(tmp_path, {"x.html": "equal"}) == store.Applied((), (), 1)


def test_nothing_is_written_or_deleted_through_a_link(tmp_path: Path) -> None:
    out = site(tmp_path / "site", OLD, foreign=False)
    faults.put(tmp_path / "elsewhere", {"deep/index.html": "gone", "b/c.html": "a file"})
    (out / "gone/deep/index.html").unlink()
    (out / "gone/deep").rmdir()
    (out / "gone").rmdir()
    (out / "gone").symlink_to(tmp_path / "elsewhere")
    before = tree(tmp_path)
    with pytest.raises(UsageError, match="gone"):
        apply(out, OLD)
    assert tree(tmp_path) == before
    apply(out, {})
    assert tree(tmp_path / "elsewhere")["deep/index.html"] == b"gone"
    assert (out / "gone").is_symlink()


def test_a_link_below_a_folder_that_becomes_a_file_is_foreign(tmp_path: Path) -> None:
    out = site(tmp_path / "site", OLD)
    (out / "folder/link").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(UsageError, match="folder/link"):
        apply(out, NEW)


@pytest.mark.parametrize(
    "listing",
    ["", "{}", "[]", '{"version":1,"fingerprint":"","files":{"../x":""}}', '{"version":2,"fingerprint":"","files":{}}',
     '{"version":1,"fingerprint":"","files":{"/etc/x":""}}', '{"version":1,"files":{}}', "[" * 100_000],
)  # fmt: skip
def test_a_manifest_that_is_not_ours_is_never_obeyed_nor_overwritten(tmp_path: Path, listing: str) -> None:
    out = tmp_path / "site"
    faults.put(out, {"portal-manifest.json": listing, "../x": "outside"})
    assert store.manifest(out) is None
    for refused in (lambda: store.claim(out), lambda: apply(out, NEW)):
        with pytest.raises(UsageError, match="已损坏"):
            refused()
    assert tree(tmp_path)["x"] == b"outside"
    assert (out / "portal-manifest.json").read_text() == listing


def test_a_path_respelled_in_case_survives_where_case_is_ignored(tmp_path: Path) -> None:
    """A hard link plays the file system on which both spellings are one file."""
    apply(tmp_path, {"About.html": "1"})
    (tmp_path / "about.html").hardlink_to(tmp_path / "About.html")
    done = apply(tmp_path, {"about.html": "1"})
    assert (done.written, done.deleted) == (("about.html",), ("About.html",))
    assert (tmp_path / "about.html").read_text() == "1"


def test_a_foreign_file_that_differs_in_case_is_foreign_where_case_counts(tmp_path: Path) -> None:
    apply(tmp_path, {"About.html": "1"})
    faults.put(tmp_path, {"about.html": "foreign"})
    if (tmp_path / "About.html").read_text() == "foreign":
        pytest.skip("case is ignored here")
    with pytest.raises(UsageError, match=r"about\.html"):
        apply(tmp_path, {"about.html": "2"})
    assert (tmp_path / "about.html").read_text() == "foreign"


# --- claim


def test_claim_takes_what_is_absent_empty_or_ours(tmp_path: Path) -> None:
    out = tmp_path / "site"
    store.claim(out, [tmp_path, tmp_path / "data"])
    out.mkdir()
    store.claim(out)
    with store.lock(out):
        store.claim(out)
    site(out, OLD)
    store.claim(out)


def test_claim_refuses_everything_else(tmp_path: Path) -> None:
    faults.put(
        tmp_path, {"file": "", "full/thesis.doc": "", "root/data/x.csv": "", "torn/.portal-new/0": "", "torn/x": ""}
    )
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty", target_is_directory=True)
    before = tree(tmp_path)
    for name, why in [("file", "是一个文件"), ("full", "thesis.doc"), ("link", "是一个链接"), ("torn", "已有不是")]:
        with pytest.raises(UsageError, match=why):
            store.claim(tmp_path / name)
    for name in ("root", "root/data", "."):
        with pytest.raises(UsageError, match="包含"):
            store.claim(tmp_path / name, [tmp_path / "root/data"])
    assert tree(tmp_path) == before


# --- any history is like none

NAMES = st.lists(st.sampled_from(["a", "b", "c.html", "中文"]), min_size=1, max_size=3).map("/".join)


def valid(files: dict[str, str]) -> dict[str, str]:
    """Without paths that are below other paths."""
    return {path: text for path, text in files.items() if not any(path.startswith(f"{other}/") for other in files)}


MAPS = st.dictionaries(NAMES, st.sampled_from(["", "1", "2"]), max_size=6).map(valid)


@settings(max_examples=100, deadline=None)
@given(st.lists(MAPS, min_size=1, max_size=5), st.sets(NAMES))
def test_any_sequence_of_applies_equals_a_clean_one(history: list[dict[str, str]], lost: set[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out, clean = Path(folder, "out"), Path(folder, "clean")
        for files in history:
            for path in lost:
                if (out / path).is_file():
                    (out / path).unlink()
            apply(out, files)
        apply(clean, history[-1])
        assert tree(out) == tree(clean)


@settings(max_examples=100, deadline=None)
@given(MAPS, MAPS, MAPS)
def test_foreign_files_survive_whatever_happens(
    foreign: dict[str, str], old: dict[str, str], new: dict[str, str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        apply(out, old)
        standing = set(tree(out))
        own = {p: t for p, t in foreign.items() if not any(q in standing or p == q for q in [p, *above(p)])}
        faults.put(out, own)
        before = tree(out)
        try:
            apply(out, new)
        except UsageError:
            assert tree(out) == before
        assert {path: (out / path).read_text() for path in own} == own


def above(path: str) -> list[str]:
    return [parent.as_posix() for parent in Path(path).parents][:-1]
