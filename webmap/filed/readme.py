"""What stands in the README of a site of plain files: how to host it, and how to keep it fresh."""

from __future__ import annotations

from datetime import datetime

from geo.city import City
from geo.places.hours import CHINA

_TEXT = """驿站 · {name}
================================================================================
这个文件夹就是一个完整的网站：只有文件，没有程序，不连接别的网站。

放上去
  把整个文件夹放进网站或 CMS 的任意目录，打开其中的 index.html（英文版是 en/index.html）。
  放在哪一级目录都行。网站最好用 https：浏览器只在 https 下给出位置。不能直接双击打开，要经过网站。
  服务器如果能压缩，请压缩 .html .js .css .json .mvt；.pocket 已经压缩过。

保持新鲜
  做于 {made}。开放时间算到 {until}（不含）；到那天之后，开放时间一律显示未知，不会猜。
  每天重做一次即可，例如 cron：
    30 3 * * *  yizhan export --site /path/to/this/folder --city /path/to/pack
  新的做好之后才替换旧的；做不成，旧的原样留着。

数据来源与许可
{sources}
================================================================================
yizhan, {name_en}

This folder is a whole web site: files alone, no program, no other host.

To host it
  Put the folder anywhere below a web site or into a CMS, and open index.html (English: en/index.html). Any sub-path
  will do. Serve it by https: browsers tell a position there only. It does not work by double click from a disk.
  If the server can compress, let it compress .html .js .css .json .mvt; .pocket is compressed already.

To keep it fresh
  Made {made}. Opening hours are known until {until} (exclusive); after that they are shown as unknown, never guessed.
  Make it anew once a day, for example by cron:
    30 3 * * *  yizhan export --site /path/to/this/folder --city /path/to/pack
  The new one replaces the old one when it is whole; if it fails, the old one stays as it is.
"""


def readme(city: City, made: datetime, until: datetime) -> str:
    """Return the text, in Chinese and English."""
    manifest = city.manifest
    sources = [
        " · ".join(filter(None, (s.get("name"), s.get("attribution"), s.get("licence"), s.get("url"))))
        for s in manifest.sources
    ]
    return _TEXT.format(
        name=manifest.name,
        name_en=manifest.name_en or manifest.name,
        made=f"{made.astimezone(CHINA):%Y-%m-%d %H:%M}",
        until=f"{until.astimezone(CHINA):%Y-%m-%d}",
        sources="\n".join(f"  {source}" for source in sources),
    )
