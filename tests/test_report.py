"""Problems as text, JSON and annotations."""

from __future__ import annotations

import dataclasses
import json

import jsonschema
import pytest

from generator import report
from generator.model import Level, Problem
from generator.subject import Subject
from tests import mess
from tests.sites import ROOT

ONE = Problem(
    Level.ERROR, "number_unit", "第 7 行:“3亿”数字后面带着单位。", "请填 30000。", "a,b/2021.csv", 7,
    "拨付(万元)", "H", "3亿", None, "30000"
)  # fmt: skip
NOTE = Problem(Level.NOTE, "line_ends", "换行符是 CRLF,\n已照此读取。", "", "a,b/2021.csv")


def test_text_says_the_summary_first_and_caps_groups() -> None:
    text = report.text([NOTE, *[ONE] * 12], (), cap=10)
    lines = text.splitlines()
    assert lines[0] == "检查完成:12 个错误、1 个提示。改好错误才能生成网站。"
    assert text.count("第 7 行") == 10
    assert "    还有 2 处" in lines
    assert lines.index("  错误 数字带单位(12 处)") < lines.index("  提示 换行符(1 处)")
    assert report.text([], ()).startswith("检查通过")
    assert "可以生成网站" in report.text([NOTE], ())


def test_json_holds_everything() -> None:
    data = json.loads(report.json([ONE, NOTE], ()))
    assert data["summary"] == {"错误": 1, "警告": 0, "提示": 1}
    assert data["problems"][0]["letter"] == "H"
    assert data["problems"][0]["title"] == "数字带单位"
    assert data["problems"][1]["row"] is None


SCHEMA = json.loads((ROOT / "docs/handbook/report.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", mess.index())
def test_every_report_is_as_its_schema_says(case: str) -> None:
    found = json.loads(mess.expected(case))
    jsonschema.validate(found, SCHEMA, jsonschema.Draft202012Validator)


def test_the_schema_knows_every_part_of_a_problem_and_no_other() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    one = SCHEMA["properties"]["problems"]["items"]
    assert set(one["required"]) == set(one["properties"]) == {f.name for f in dataclasses.fields(Problem)} | {"title"}
    assert one["properties"]["level"]["enum"] == SCHEMA["properties"]["summary"]["required"] == [str(n) for n in Level]
    wrong = json.loads(report.json([ONE], ())) | {"more": 1}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, SCHEMA)


def test_annotations_are_escaped() -> None:
    first, second = report.github([ONE, NOTE], ()).splitlines()
    assert first.startswith("::error file=data/a%2Cb/2021.csv,line=7,title=数字带单位::第 7 行:“3亿”")
    assert second == "::notice file=data/a%2Cb/2021.csv,title=换行符::换行符是 CRLF,%0A已照此读取。"


def test_a_subject_says_what_its_rules_are_called() -> None:
    toy = Subject("toy", figures=lambda tables: (), pages=lambda site: (), titles={"never_reported": "从未报送"})
    found = [Problem(Level.WARNING, "never_reported", "第 2 行:没有报送。", file="toys.csv", row=2)]
    assert "  警告 从未报送(1 处)" in report.text(found, (toy,)).splitlines()
    assert json.loads(report.json(found, (toy,)))["problems"][0]["title"] == "从未报送"
    assert ",title=从未报送::" in report.github(found, (toy,))
