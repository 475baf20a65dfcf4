"""The messy files, as bytes. ``python -m tests.mess --make`` writes them into the case folders.

``CASES`` maps a case to (line of ``lines.txt``, verdict, {file: bytes}); verdicts are those of the checks:
accept, mend, warn, refuse. The bytes are committed: this script says how they came about.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

CONTRACT = Path(__file__).parent / "contract"
MONEY, RATES, PROJECTS, REGIONS, TOTALS = "money/2021.csv", "rates.csv", "projects/2021.csv", "regions.csv", "control_totals.csv"
CORRECTIONS = "corrections.csv"
Case = tuple[int, str, dict[str, bytes]]
CASES: dict[str, Case] = {}


def text(file: str) -> str:
    """A good file of the contract."""
    return (CONTRACT / file).read_text(encoding="utf-8")


def add(name: str, line: int, verdict: str, file: str, content: bytes | str) -> None:
    """One case with one file."""
    assert name not in CASES, name
    CASES[name] = (line, verdict, {file: content.encode() if isinstance(content, str) else content})


def swap(name: str, line: int, verdict: str, file: str, *pairs: tuple[str, str]) -> None:
    """A case that differs from the good file by replacements, each made once."""
    content = text(file)
    for old, new in pairs:
        assert old in content, (name, old)
        content = content.replace(old, new, 1)
    add(name, line, verdict, file, content)


def cell(name: str, line: int, verdict: str, column: int, value: str, file: str = RATES) -> None:
    """A case with one cell of the first row of a file replaced, quoted."""
    lines = text(file).splitlines()
    cells = lines[1].split(",")
    cells[column] = '"' + value.replace('"', '""') + '"'
    lines[1] = ",".join(cells)
    add(name, line, verdict, file, "\n".join(lines) + "\n")


def workbook(table: str) -> bytes:
    """A small real workbook with one sheet, the same bytes on every machine: no clock, no compression."""
    main, office = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org/officeDocument/2006"
    package, kind = "http://schemas.openxmlformats.org/package/2006", "application/vnd.openxmlformats-officedocument.spreadsheetml"
    cells = [[f'<c t="inlineStr"><is><t>{c}</t></is></c>' for c in line.split(",")] for line in table.splitlines()]
    rows = "".join(f"<row>{''.join(row)}</row>" for row in cells)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}/relationships">'
        '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for name, part in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 0  # else the machine's
            file.writestr(info, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{part}')
    return out.getvalue()


def encodings() -> None:
    money = text(MONEY)
    projects = text(PROJECTS).replace("老旧小区改造", "𬭎㛃小区改造")
    add("utf8-bom", 1, "mend", MONEY, b"\xef\xbb\xbf" + money.encode())
    add("bom", 1, "accept", MONEY, money)  # none, so nothing is said; the name is that by which tests know the untouched contract
    add("crlf", 1, "mend", MONEY, money.replace("\n", "\r\n"))
    add("cr", 1, "mend", MONEY, money.replace("\n", "\r"))
    add("gbk", 1, "mend", MONEY, money.encode("gbk"))
    add("gb18030", 1, "mend", PROJECTS, projects.encode("gb18030"))
    add("utf16", 1, "mend", MONEY, b"\xff\xfe" + money.replace(",", "\t").replace("\n", "\r\n").encode("utf-16-le"))
    add("utf16be", 1, "mend", MONEY, b"\xfe\xff" + money.encode("utf-16-be"))
    add("renamed-xlsx", 2, "refuse", MONEY, workbook(money))
    add("renamed-xls", 2, "refuse", MONEY, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40))
    head, rest = money.split("\n", 1)
    add("two-encodings", 3, "refuse", MONEY, head.encode() + b"\n" + rest.encode("gbk"))
    add("unknown-encoding", 3, "refuse", MONEY, money.encode("gbk") + b"\xff\xff\n")
    gbk = projects.encode("gb18030")
    for name, value in {"quotes": "“十四五”规划年", "number": "第①批改造工"}.items():
        strange = gbk.replace("𬭎㛃小区改造".encode("gb18030"), value.encode())
        add(f"utf8-cell-{name}", 3, "refuse", PROJECTS, strange)
    add("private-use", 3, "refuse", PROJECTS, gbk.replace("𬭎㛃小区改造".encode("gb18030"), b"\xaa\xa1\xaf\xa2"))
    add("cut-short", 3, "refuse", PROJECTS, text(PROJECTS)[: text(PROJECTS).rindex("局") + 1].encode()[:-1])
    stray = text(PROJECTS).replace("示例,,s1", '示例,"分两期\n实施",s1').encode().replace("老旧".encode(), b"caf\xe9 ")
    add("stray-latin1", 3, "refuse", PROJECTS, stray)
    add("utf16-broken", 3, "refuse", MONEY, b"\xff\xfe" + money.encode("utf-16-le") + b"\x00")
    add("nul", 3, "refuse", MONEY, money.replace("2021,2", "2021,\x002"))
    add("unclosed-quote", 3, "refuse", PROJECTS, text(PROJECTS).replace("老旧小区改造", '"老旧小区改造'))
    add("empty-file", 3, "refuse", MONEY, b"")
    add("only-blanks", 3, "refuse", MONEY, b"\xef\xbb\xbf\r\n,,,\r\n")
    add("tab", 4, "mend", MONEY, money.replace(",", "\t"))
    add("semicolon", 4, "mend", MONEY, money.replace(",", ";"))
    add("full-width-comma", 5, "refuse", MONEY, money.replace(",", "，"))
    add("full-width-comma-row", 5, "refuse", MONEY, money.replace("400,200.5", "400，200.5"))


def layout() -> None:
    money = text(MONEY)
    head, rest = money.split("\n", 1)
    add("no-rows", 6, "accept", MONEY, head + "\n")
    swap("quoted-newline", 7, "mend", PROJECTS, ("示例,,s1", '示例,"分两期\n实施",s1'))
    add("trailing-columns", 7, "mend", MONEY, "".join(f"{line},,,\n" for line in money.splitlines()))
    add("blank-rows", 7, "mend", MONEY, money + ",,,,,,,\n" * 65000)
    add("blank-row-inside", 7, "mend", MONEY, money.replace("2021,2", "\n,,,,,,,\n2021,2", 1))
    swap("header-space", 8, "mend", MONEY, ("年初预算安排数(万元)", "年初预 算安排数（万元）"))
    swap("header-newline", 8, "mend", MONEY, ("资金拨付(万元)", '"资金拨付\n（万元）"'))
    lines = [line.split(",") for line in money.splitlines()]
    add("columns-moved", 9, "accept", MONEY, "\n".join(",".join(reversed(c)) for c in lines) + "\n")
    swap("header-near", 10, "refuse", MONEY, ("资金拨付", "资金拔付"))
    swap("header-without-unit", 10, "refuse", MONEY, ("资金拨付(万元)", "资金拨付"))
    add("column-missing", 11, "refuse", MONEY, "\n".join(line.rsplit(",", 1)[0] for line in money.splitlines()) + "\n")
    swap("column-twice", 11, "refuse", MONEY, ("资金拨付(万元)", "年初预算安排数(万元)"))
    add("column-unknown", 11, "refuse", MONEY, "".join(f"{line},电话\n" for line in money.splitlines()))
    wrong = ("300,100", "约三百,100"), ("2021,2,510903,市,2021-12", "2021,2,510903,城市,12月底")
    swap("header-near-and-cells", 10, "refuse", MONEY, ("资金拨付", "资金拔付"), ("200.5", "32.14亿元"), *wrong)
    swap("header-near-and-names", 10, "refuse", MONEY, ("资金拨付", "资金拔付"), ("510903", "船山曲"), ("510981", "射洪县"))
    swap("header-unit-and-cells", 21, "refuse", MONEY, ("资金拨付(万元)", "资金拨付(元)"), ("200.5", "2005000.123"), *wrong)
    swap("column-missing-and-cells", 11, "refuse", MONEY, (",来源", ""), (",s1", ""), (",s1", ""), (",s1", ""), (",s1", ""), *wrong)
    swap("column-twice-and-cells", 11, "refuse", MONEY, ("资金拨付(万元)", "年初预算安排数(万元)"), *wrong)
    unknown = (",来源\n", ",来源,电话\n")  # the rows have no such cell: no follow-up about their width
    swap("column-unknown-and-cells", 11, "refuse", MONEY, unknown, *wrong)
    swap("column-nameless-and-cells", 11, "refuse", MONEY, ("400,200.5", "1,400,200.5"), *wrong)
    other = "地区,单位,电话,来源\n遂宁,甲,约三百,s1\n"  # another table altogether
    add("another-table", 11, "refuse", MONEY, other)
    add("column-nameless", 11, "refuse", MONEY, head + "\n" + rest.replace(",s1", ",s1,1", 1))
    add("title-above", 12, "refuse", MONEY, "示例市民生资金表,,,,,,,\n单位:万元,,,,,,,\n" + money)
    add("title-full-width-comma", 12, "refuse", MONEY, "示例市民生资金，2021年，单位：万元\n" + money)
    two = "年度,项目编号,区划代码,资金层级,截至月份,资金,,来源\n,,,,,年初预算安排数(万元),资金拨付(万元),\n"
    add("two-level-header", 12, "refuse", MONEY, two + rest)
    three = "年度,项目,区划代码,资金,,,,来源\n,项目编号,,基本,,金额,,\n,,,资金层级,截至月份,年初预算安排数(万元),资金拨付(万元),\n"
    add("three-level-header", 12, "refuse", MONEY, three + rest)
    add("maker-below", 12, "refuse", MONEY, money + "制表人:示例,,,,审核人:示例,,,\n")
    add("remark-below", 12, "refuse", MONEY, money + "备注：数据为年报数。\n")
    add("row-too-short", 12, "refuse", MONEY, money.replace(",0,s1", ""))
    sums = {
        "total-last": money + "合计,,,,,1300,390.5,\n",
        "total-first": head + "\n合　计,,,,,1300,390.5,\n" + rest,
        "subtotal": money.replace("2021,2", "小计,,,,,1200,300.5,\n2021,2", 1),
        "numbering": money.replace("2021,2", "一、教育,,,,,,,\n2021,2", 1),
        "numbering-brackets": money.replace("2021,2", "（一）教育,,,,,,,\n2021,2", 1),
        "total-colon": money + "合计：,,,,,1300,390.5,\n",
        "total-unit": money + "合计（万元）,,,,,1300,390.5,\n",
        "numbering-arabic": money.replace("2021,2", "1、教育,,,,,,,\n2021,2", 1),
        "numbering-dot": money.replace("2021,2", "1．教育,,,,,,,\n2021,2", 1),
        "numbering-arabic-brackets": money.replace("2021,2", "（1）教育,,,,,,,\n2021,2", 1),
        "of-which": money.replace("2021,2", "其中：,,,,,100,90,\n2021,2", 1),
        "of-which-named": money.replace("2021,2", "其中：中央,,,,,100,90,\n2021,2", 1),
        "whole-city": money + "2021,2,全市,市,2021-12,1,1,s1\n",
        "whole-city-named": money + "2021,2,遂宁市,市,2021-12,1,1,s1\n",
    }
    for name, content in sums.items():
        add(name, 13, "refuse", MONEY, content)
    add("heading-beside-key", 13, "refuse", PROJECTS, text(PROJECTS) + ",,一、教育,,,,,\n")
    swap("numbering-in-text", 13, "accept", PROJECTS, ("示例,,s1", "示例,1、其中：一期合计（万元）,s1"))
    add("total-beside-key", 13, "refuse", PROJECTS, text(PROJECTS) + ",,合计,,,,,\n")
    add("merged-cells", 14, "refuse", MONEY, money.replace("2021,1,510903,市,2021-12", ",,,,2021-12"))


def sums() -> None:
    row = "money/2021/all/allocated,安排,1000.00,万元,约,2021-12-31,,s1\n"
    head = text(TOTALS).split("\n", 1)[0] + "\n"
    swap("total-differs", 15, "warn", TOTALS, ("1000.00", "1000.01"))
    swap("total-not-reached", 15, "warn", TOTALS, ("1000.00,万元,约", "0.11,亿元,余"))
    swap("total-reached", 15, "accept", TOTALS, ("1000.00,万元,约", "900,万元,余"))
    swap("total-with-errors", 15, "refuse", MONEY, ("2021,2,510903", "2021,2,成都市"), ("500,0", "500,0"))
    shares = "".join(f"rates/2021/g0{i}/share,第{i}类,{v},%,约,,,s1\n" for i, v in ((1, 60), (2, 27), (3, 20)))
    rates = text(RATES).split("\n", 1)[0] + "\n001,60,9,,,\n002,20,3,,,一\n003,20,3,,,二\n"
    CASES["shares-of-15"] = (15, "warn", {TOTALS: (head + row + shares).encode(), RATES: rates.encode()})
    closed = "rates/2021/all/closed,办结率,99,%,约,,,s1\n"
    rates = text(RATES).split("\n", 1)[0] + "\n001,98,48,,,\n999,2%,1,,,未办结\n"
    CASES["one-of-49-open"] = (15, "warn", {TOTALS: (head + row + closed).encode(), RATES: rates.encode()})
    add("same-row-twice", 16, "refuse", MONEY, text(MONEY) + "2021,2,510903,市,2021-12,100,90,s1\n")
    add("same-key-twice", 16, "refuse", MONEY, text(MONEY) + "2021,2,船山区,市,2021-12,101,90,s1\n")


def names() -> None:
    for name, value in {
        "name-inner-space": "射 洪 市", "name-wide-space": "射洪　市", "name-nbsp": "\u00a0射洪\u00a0市",
        "name-zero-width": "射\u200b洪\ufeff市", "name-full-width": "５１０９８１",
        "name-newline": "射洪\n市",
    }.items():
        swap(name, 17, "mend", MONEY, ("510981", f'"{value}"'))  # fmt: skip
    swap("title-full-width", 17, "mend", PROJECTS, ("公办幼儿园建设", " ＡＢ\u200b公办幼儿园　建设"))
    swap("enum-space", 17, "mend", MONEY, ("510981,市", "510981, 市　"))
    swap("identifier-full-width", 17, "mend", RATES, ("001", "００１"))
    swap("alias", 18, "mend", MONEY, ("510981", "射洪县"))
    swap("old-code", 18, "mend", MONEY, ("510981", "510922"))
    swap("unit-alias", 18, "mend", PROJECTS, ("建设,示例市教育局", "建设,市卫健委"))
    swap("name-near", 18, "refuse", PROJECTS, ("建设,示例市教育局", "建设,示例市教育厅"))
    swap("region-near", 18, "refuse", MONEY, ("510981", "射红市"))
    swap("alias-of-two", 18, "refuse", REGIONS, ("射洪县", "船山"))
    for name, mark in {"pause": "、", "semicolon": "；", "slash": "/", "newline": "\n"}.items():
        both = f'"示例市教育局{mark}市卫健委"'
        swap(f"list-{name}", 19, "mend", PROJECTS, ("示例市卫生健康委员会、示例市教育局", both))
        swap(f"several-{name}", 19, "refuse", PROJECTS, ("建设,示例市教育局", f"建设,{both}"))
    swap("list-unknown", 19, "refuse", PROJECTS, ("示例市卫生健康委员会、", "示例市水利局、"))


def numbers() -> None:
    for name, value in {
        "number-full-width": "１２３．４５", "number-grouped": "1,234.50", "number-apostrophe": "'400", "number-minus": "−0",
    }.items():
        cell(name, 20, "mend", 3, value)  # fmt: skip
    cell("integer-decimals", 20, "mend", 2, "7.00")
    cell("integer-plain", 20, "accept", 2, "7")
    for name, value in {"amount-yi": "32.14亿元", "amount-wan": "321400万", "amount-space": "32.14 亿元", "amount-whole": "32.14亿元整"}.items():
        swap(name, 21, "refuse", MONEY, ("400,", f"{value},"))
    swap("header-other-unit", 21, "refuse", MONEY, ("资金拨付(万元)", "资金拨付(元)"))
    add("unit-in-title", 21, "refuse", MONEY, "单位:元,,,,,,,\n" + text(MONEY))
    for name, value in {
        "number-brackets": "(1,234)", "number-comma": "1234,5", "number-science": "1.0E+5", "number-broken": "12\n34",
        "number-vt-inside": "12\v34", "number-nel-inside": "12\x8534", "number-comma-zero": "0,400",
    }.items():
        cell(name, 22, "refuse", 3, value)  # fmt: skip
    swap("amount-comma-zero", 22, "refuse", MONEY, ("300,", '"0,400",'))
    for name, value in {"about": "约3亿", "between": "3-5亿", "at-least": "不低于85%"}.items():
        cell(f"vague-{name}", 23, "refuse", 3, value)
    cell("percent-sign", 24, "mend", 1, "106.32%")
    cell("percent-plain", 24, "accept", 1, "106.32")
    cell("percent-ratio", 24, "refuse", 1, "1.0632")
    swap("percent-mixture", 24, "refuse", RATES, ("98.5", "106.32%"), ("002,100", "002,0.98"))
    cell("over-100", 25, "accept", 1, "250")
    cell("lower-is-better", 25, "accept", 2, "-3")
    for name, value in {
        "empty": "", "hyphen": "-", "dash": "—", "wide-hyphen": "－", "slash": "/", "none": "无",
        "not-applicable": "不涉及", "pending": "待定", "spaced": "待 定",
    }.items():
        line = 27 if name in ("not-applicable", "pending", "spaced") else 26
        quiet = name in ("empty", "not-applicable", "pending")
        swap(f"missing-{name}", line, "accept" if quiet else "mend", MONEY, ("100,90", f"100,{value}"))  # fmt: skip
    last = "2021,2,510903,市,2021-12,100,90,s1\n"
    swap("missing-empty-new", 26, "accept", MONEY, (last, f"{last}2021,2,510904,市,2021-12,,,s1\n"))
    for name, value in {"div": "#DIV/0!", "ref": "#REF!", "hashes": "####"}.items():
        cell(f"excel-{name}", 28, "refuse", 3, value)
    cell("excel-hashes-date", 28, "refuse", 4, "########")
    cell("excel-error-text", 28, "refuse", 5, "#REF!")
    swap("excel-error-name", 28, "refuse", MONEY, ("510981", "#N/A"))
    cell("not-a-number", 23, "refuse", 3, "若干")
    cell("integer-half", 20, "refuse", 2, "7.5")
    cell("number-too-large", 21, "refuse", 2, "9" * 20)
    swap("too-many-decimals", 20, "refuse", MONEY, ("200.5", "200.5000001"))


def dates() -> None:
    for name, value in {"chinese": "2021年12月31日", "time": "2021/1/6 12:09:38", "dots": "2021.12.31", "spaced": "2021 年 12 月 31 日"}.items():
        cell(f"date-{name}", 29, "mend", 4, value)
    swap("month-dot", 29, "mend", MONEY, ("2021-12", "2021.12"))
    swap("month-chinese", 29, "mend", MONEY, ("2021-12", "2021年12月"))
    for name, value in {"month-end": "12月底", "whole-year": "全年", "han-year": "二〇二一年", "serial": "44561"}.items():
        cell(f"date-{name}", 30, "refuse", 4, value)
        swap(f"month-{name}", 30, "refuse", MONEY, ("2021-12", value))
    for name, value in {"year-and-end": "2021年12月底", "english": "Dec-21"}.items():
        swap(f"month-{name}", 30, "refuse", MONEY, ("2021-12", value))
    swap("year-han", 30, "refuse", MONEY, ("2021,2", "二〇二一年,2"))
    swap("month-eight-digits", 31, "refuse", MONEY, ("2021-12", "20171011"))
    swap("month-lost-zero", 31, "refuse", MONEY, ("2021-12", "2021.1"))
    cell("date-seven-digits", 31, "refuse", 4, "2018129")
    swap("zeros-lost", 32, "refuse", RATES, ("001", "1"))
    swap("zeros-lost-reference", 32, "refuse", MONEY, ("510981", "1"))
    swap("code-science", 32, "refuse", RATES, ("001", "3.2E+17"))
    swap("code-science-reference", 32, "refuse", MONEY, ("510981", "3.2E+17"))


def texts() -> None:
    for name, value in {"equals": "=1+1", "plus": "+1", "minus": "-1说明", "at": "@a", "tab": "\t=1+1", "tab-inside": "a\tb"}.items():
        cell(f"formula-{name}", 33, "accept", 5, value)
    cell("number-after-tab", 20, "mend", 3, "\t12")
    cell("negative-number", 33, "accept", 2, "-5")
    hostile = {
        "script": "<script>alert(1)</script>", "textarea": "</textarea>", "javascript": "javascript:alert(1)",
        "braces": "{{ 7*7 }}", "block": "{% raw %}", "backticks": "`a` ```", "pipe": "a|b", "wiki": "[[a]]",
        "image": "![](x)", "hash": "# 标题", "rule": "---", "colons": "::: note", "comment": "<!-- a",
        "entity": "&lt;b&gt;", "bidi": "\u202e反向\u200f",
    }  # fmt: skip
    for name, value in hostile.items():
        cell(f"hostile-{name}", 34, "accept", 5, value)
    cell("long-cell", 35, "refuse", 5, "长" * 100_000)


def rules() -> None:
    """Line 0: not a habit of offices, but rules of ours that must have a case."""
    swap("enum-wrong", 0, "refuse", MONEY, ("510981,市", "510981,城市"))
    swap("required-empty", 0, "refuse", MONEY, ("500,0,s1", "500,0,"))
    swap("out-of-range", 0, "refuse", MONEY, ("500,", "-500,"))
    swap("too-short", 0, "refuse", PROJECTS, ("公办幼儿园建设", "园"))
    swap("pattern-prefix", 0, "refuse", RATES, ("001", "001甲"))
    swap("pattern-alternatives", 0, "refuse", REGIONS, ("510904", "510904x"))  # "a|b" anchored as "^a|b$" lets it pass
    swap("not-unique", 0, "refuse", RATES, (",,\n", ",,一般\n"))
    swap("no-such-project", 0, "refuse", MONEY, ("2021,2", "2021,9"))
    swap("no-such-source", 0, "refuse", MONEY, ("500,0,s1", "500,0,s2"))
    swap("year-of-file", 0, "refuse", PROJECTS, ("2021,2", "2022,2"))
    swap("month-of-year", 0, "refuse", MONEY, ("2021,2,510903,市,2021-12", "2021,2,510903,市,2022-01"))
    swap("falls", 0, "refuse", MONEY, ("300,100", "300,250"))
    corrected = text(CORRECTIONS) + "c1,2022-01-05,money,2021/1/510903/city/2021-12,资金拨付(万元),250,200.5,核减,函,s1\n"
    CASES["falls-corrected"] = (
        0, "accept", {MONEY: text(MONEY).replace("300,100", "300,250").encode(), CORRECTIONS: corrected.encode()},
    )  # fmt: skip
    months = "".join(f"2021,2,510904,市,2021-{m:02d},{v},1,s1\n" for m, v in ((1, 1), (2, 9), (3, 30), (4, 300000)))
    CASES["tenfold"] = (0, "warn", {MONEY: (text(MONEY) + months).encode()})
    calm = "".join(f"2021,2,510904,市,2021-{m:02d},{v},1,s1\n" for m, v in ((1, 1), (2, 15), (3, 30), (4, 45)))
    CASES["start-of-year"] = (0, "accept", {MONEY: (text(MONEY) + calm).encode()})
    swap("paid-above", 0, "mend", MONEY, ("100,90", "100,110"))
    swap("undivided-mixed", 0, "refuse", MONEY, ("2021,1,510981,市", "2021,1,510981,未分"))
    undivided = text(MONEY).replace("2021,2,510903,市,2021-12", "2021,2,510903,未分,")
    totals = text(TOTALS).replace("1000.00", "900.00")
    CASES["undivided-whole"] = (0, "accept", {MONEY: undivided.encode(), TOTALS: totals.encode()})
    swap("month-blank-mixed", 0, "refuse", MONEY, ("2021,1,510981,市,2021-12", "2021,1,510981,市,"))
    head, (cell_of, right) = text(CORRECTIONS), ("c1,2022-01-05,money,2021/1/510903/city/2021-12,资金拨付(万元)", ",核减,函,s1\n")
    lines = [f"{cell_of},250,200.5{right}", f"{cell_of},200.5,200.5{right}".replace("c1", "c2")]
    add("correction-nowhere", 0, "refuse", CORRECTIONS, head + lines[0].replace("资金拨付", "资金拔付") + lines[1].replace("/city", ""))
    add("correction-no-row", 0, "refuse", CORRECTIONS, head + lines[0].replace("/2021-12", "/2021-10"))
    add("correction-unmet", 0, "warn", CORRECTIONS, head + lines[0].replace("200.5", "200"))
    add("correction-again", 0, "accept", CORRECTIONS, head + lines[0].replace("200.5", "200") + lines[1])
    named = lines[0].replace("510903/city", "船山/市").replace("(万元)", "（万元）")
    add("correction-named", 0, "accept", CORRECTIONS, head + named)
    line = "money/2021/all/{},拨付,{},{},约,2021-12-31,,s1\n"
    paid = text(TOTALS) + line.format("paid", "290.5", "万元")
    add("rate-misprinted", 0, "warn", TOTALS, paid + line.format("paid_rate", "26.05", "%"))
    add("rate-printed", 0, "accept", TOTALS, paid + line.format("paid_rate", "29.05", "%"))
    add("total-near", 0, "refuse", TOTALS, text(TOTALS).replace("/allocated", "/alocated"))
    add("total-other-unit", 0, "refuse", TOTALS, text(TOTALS).replace("万元", "个"))
    add("total-of-sums", 0, "refuse", TOTALS, text(TOTALS) + line.format("allocated_sum", "1000", "万元"))
    swap("no-whole-region", 0, "refuse", REGIONS, ("市,否", "市,是"))
    # Made up; only the check digits are right.
    swap("number-of-identity", 0, "refuse", PROJECTS, ("公办幼儿园建设", "公办幼儿园建设(510903199003071234)"))
    swap("number-of-mobile", 0, "refuse", MONEY, ("500,0,s1", "500,１３８　１２３４　５６７８,s1"))
    swap("number-of-card", 0, "refuse", RATES, ("001", "4111 1111 1111 1111"))
    swap("number-in-header", 0, "refuse", MONEY, ("来源", "来源13812345678"))
    CASES["file-missing"] = (0, "refuse", {"money/2021.csv.absent": b""})
    add("file-unlisted", 0, "warn", "money/2022.csv", text(MONEY))
    add("workbook-beside", 0, "warn", "money/2022.xlsx", workbook(text(MONEY)))


def make(folder: Path) -> None:
    """Writes all files; a name that ends in ``.absent`` means that the file is not there."""
    for build in (encodings, layout, sums, names, numbers, dates, texts, rules):
        build()
    for name, (_, _, files) in CASES.items():
        assert re.fullmatch(r"[a-z0-9-]+", name), name
        for file, content in files.items():
            path = folder / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
