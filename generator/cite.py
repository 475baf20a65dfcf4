"""How a figure is cited, and how it is reported as wrong: a message to the city's channel that names the figure.

The citation follows GB/T 7714—2015, 电子资源: 责任者. 题名[文献类型/载体]. (更新日期). 获取路径. The reader adds the
day on which it was read. The message says how far the data reached, which is what a correction is looked up by.
"""

from __future__ import annotations

from urllib.parse import quote

from generator.feeds import absolute
from generator.model import Kind
from generator.subject import Site
from generator.view import View

SUBJECT = "这个数可能有错："


def citation(site: Site, figure: View) -> str:
    """A figure's citation: whose, what, how much, as of when, by which number, and where it is to be found."""
    who = site.identity.office or site.identity.site_name
    demo = "（演示数据）" if figure["kind"] == Kind.DEMO else ""
    return (
        f"{who}. {figure['label']}：{figure['prose']}{demo}[DS/OL]. ({figure['date']}). "
        f"编号 {figure['ids'][0]}. {where(site, figure)}"
    )


def where(site: Site, figure: View) -> str:
    """The whole address of a figure's rows, or their place on the site while it has no address."""
    return absolute(site.identity.base_url, figure["href"])


def report(site: Site, figure: View) -> str:
    """Where the message goes: ``mailto:`` with subject and text, or the configured address, filled in where it has
    room; empty when no channel is configured."""
    channel = site.identity.report
    if not channel:
        return ""
    text = message(site, figure)
    if "@" in channel and not channel.startswith("http"):
        return f"mailto:{channel}?subject={quote(SUBJECT + figure['label'], safe='')}&body={quote(text, safe='')}"
    return channel.replace("{message}", quote(text, safe=""))


def message(site: Site, figure: View) -> str:
    """The prefilled text: which figure, what the site says, how far its data reach; the rest is the reader's."""
    return "\r\n".join([
        f"编号：{figure['ids'][0]}",
        f"名称：{figure['label']}",
        f"网站上写的：{figure['prose']}（{figure['date']}）",
        f"网站数据截至：{site.as_of or '没有日期'}",
        f"地址：{where(site, figure)}",
        "",
        "我认为应当是：",
        "依据：",
    ])  # fmt: skip
