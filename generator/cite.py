"""How a figure is cited, and how it is reported as wrong: a message to the city's channel that names the figure.

The citation follows GB/T 7714—2015, 电子资源: 责任者. 题名[文献类型/载体]. (更新日期)[引用日期]. 获取路径. The day on
which it was read is the reader's: ``READ`` stands for it, and a script that copies fills it in. The message says how
far the data reached, which is what a correction is looked up by.
"""

from __future__ import annotations

from urllib.parse import quote

from generator.feeds import absolute
from generator.format import end_of
from generator.model import Kind
from generator.subject import Site
from generator.tables import Tables
from generator.view import View

SUBJECT = "这个数可能有错："
READ = "[引用日期]"
RELEASE = "[发布]"  # stands for the line that says which release the page is of: known only when it is written


def citation(site: Site, figure: View) -> str:
    """A figure's citation: whose, of what, how much, as of when, by which number, and where it is to be found.

    ``figure`` is a view with ``about``, what it is a figure of, and ``ids``. While the site has no address, none is
    said: a path alone leads nowhere.
    """
    # A demonstration is nobody's: it names itself.
    office = "" if site.tables.once(Tables.demo) else site.identity.office
    who = office or site.identity.site_name
    demo = "（演示数据）" if figure["kind"] == Kind.DEMO else ""
    where = f" {absolute(site.identity.base_url, place(figure))}" if site.identity.base_url else ""
    what = f"{called(figure)}：{figure['prose']}{demo}[DS/OL]"
    return f"{who}. {what}. ({figure['date']}){READ}. 编号 {figure['ids'][0]}.{where}"


def called(figure: View) -> str:
    """A figure's full name: of what, and which measure."""
    return f"{figure['about']} · {figure['label']}"


def place(figure: View) -> str:
    """The address of a figure's own line below the site's root: its page of origin, and its number there."""
    return f"{figure['href'].partition('#')[0]}#{quote(figure['ids'][0], safe='/+@')}"


def report(site: Site, figure: View) -> str:
    """Where the message goes: ``mailto:`` with subject and text, or the configured address, filled in where it has
    room; empty when no channel is configured."""
    channel = site.identity.report
    if not channel:
        return ""
    text = message(site, figure)
    if "@" in channel and not channel.startswith("http"):
        return f"mailto:{channel}?subject={quote(SUBJECT + called(figure), safe='')}&body={quote(text, safe='')}"
    return channel.replace("{message}", quote(text, safe=""))


def released(address: str, text: str) -> str:
    """A report's address with the release that its page is of; the line is not there while nothing was released."""
    line = f"发布：{text}\r\n" if text else ""
    return address.replace(quote(f"{RELEASE}\r\n", safe=""), quote(line, safe=""))


def message(site: Site, figure: View) -> str:
    """The prefilled text: which figure, what the site says, how far its data reach, which release; the rest is the
    reader's."""
    return "\r\n".join([
        f"编号：{figure['ids'][0]}",
        f"名称：{called(figure)}",
        f"网站上写的：{figure['prose']}（{figure['date']}）",
        f"网站数据截至：{end_of(site.as_of) if site.as_of else '没有日期'}",
        RELEASE,
        f"地址：{absolute(site.identity.base_url, place(figure)) if site.identity.base_url else place(figure)}",
        "",
        "我认为应当是：",
        "依据：",
    ])  # fmt: skip
