"""How a name may be typed: as written, in pinyin, by initials; and how alike a typed text is to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Final, NamedTuple

from geo.finding.pinyin import Syllables, readings

#: Of a longer text only the beginning is looked at.
MAX_QUERY: Final = 60

#: The characters that are Chinese, for a regular expression.
HAN: Final = "〇\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_UNIT: Final = re.compile(rf"[{HAN}]|\d+|[^\W\d_{HAN}]+")
_IS_HAN: Final = re.compile(rf"[{HAN}]")

#: Traditional characters that are frequent in names of places, and the simplified ones that stand for them.
SIMPLIFIED: Final = str.maketrans(
    "東門陽條號園樓廠區橋國華長車場廣鐵線機會館醫學圖書師範農業電視臺億萬壽龍鳳馬魚鳥麗寶貝財貿賓賢樂術藝"
    "體開關閣陳陸隊際雙雲順頭顧風飛飯飲養駱駝騎驛齊爾爺牆獅環瑪瑤畫碼禮種積窪筆築節紅紀紙級細終組結絲經綠"
    "維網緯總織羅習聖聯職臨興舊莊葉蓮蘆蘇虛衛裏裡褲觀語讀豐貴趙軍轉運過遠還鄉鄧鄭醬釣鋪錢鍋鐘鎮間闕陰隱離"
    "雞靜頤額驢鴨鹽黃點黨個倉側偉備傳優兒內劉動勞勝協單嚴團報墳壇壩夾奧婦孫實寧專將對層嶺島崗帶幹庫廟張強"
    "後復徑應懷戲戶掛數時曉楊極構標樹檔櫻歐歷歸氣涼測湯溝滿漢潤潔澗澤濟灣燈營爐欄剎宮溫靈達盧蘭錦銀鑼",
    "东门阳条号园楼厂区桥国华长车场广铁线机会馆医学图书师范农业电视台亿万寿龙凤马鱼鸟丽宝贝财贸宾贤乐术艺"
    "体开关阁陈陆队际双云顺头顾风飞饭饮养骆驼骑驿齐尔爷墙狮环玛瑶画码礼种积洼笔筑节红纪纸级细终组结丝经绿"
    "维网纬总织罗习圣联职临兴旧庄叶莲芦苏虚卫里里裤观语读丰贵赵军转运过远还乡邓郑酱钓铺钱锅钟镇间阙阴隐离"
    "鸡静颐额驴鸭盐黄点党个仓侧伟备传优儿内刘动劳胜协单严团报坟坛坝夹奥妇孙实宁专将对层岭岛岗带干库庙张强"
    "后复径应怀戏户挂数时晓杨极构标树档樱欧历归气凉测汤沟满汉润洁涧泽济湾灯营炉栏刹宫温灵达卢兰锦银锣",
)

#: How a row of Chinese characters is read.
Read = Callable[[str], tuple[Syllables, ...]]


class Spelling(NamedTuple):
    """The ways in which a name may be typed.

    Attributes
    ----------
    wholes, tails
        Its text and its pinyin, in full; and from any later character, syllable or word on.
    initials, initial_tails
        The first letters of its syllables, all of them; and from any later one on.
    """

    wholes: frozenset[str]
    tails: frozenset[str]
    initials: frozenset[str]
    initial_tails: frozenset[str]


def units(text: str) -> list[str]:
    """Take a text apart into Chinese characters, words and numbers, in one width and case, without accents.

    Traditional characters that are frequent in names are written as simplified ones, and ``ü`` as ``v``, as input
    methods have it. Whatever is no letter and no digit is left out.

    Examples
    --------
    >>> units("ＳＯＨＯ 望京（Ａ1座）"), units("Lǜdǎo!")
    (['soho', '望', '京', 'a', '1', '座'], ['lvdao'])
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    folded = folded.replace("u\u0308", "v").translate(SIMPLIFIED)
    return _UNIT.findall("".join(char for char in folded if unicodedata.category(char) != "Mn"))


def key(text: str) -> str:
    """Return what texts are compared by: their units, side by side.

    Examples
    --------
    >>> key(" Dōng Sì "), key("朝阳门南小街 １２ 号")
    ('dongsi', '朝阳门南小街12号')
    """
    return "".join(units(text))


def spell(names: Iterable[str], read: Read = readings) -> Spelling:
    """Return the ways in which something may be typed that has these names.

    Parameters
    ----------
    names
        All of its names.
    read
        How Chinese characters are read.

    Examples
    --------
    >>> own = spell(["望京"])
    >>> sorted(own.wholes), sorted(own.tails), sorted(own.initials), sorted(own.initial_tails)
    (['wangjing', '望京'], ['jing', '京'], ['wj'], ['j'])
    """
    wholes, tails, initials, initial_tails = set[str](), set[str](), set[str](), set[str]()
    for name in names:
        own = units(name)
        _add(own, wholes, tails)
        if any(map(_IS_HAN.match, own)):
            for way in _ways(own, read):
                _add(way, wholes, tails)
                _add([part if part.isdigit() else part[:1] for part in way], initials, initial_tails)
    return Spelling(frozenset(wholes), frozenset(tails), frozenset(initials), frozenset(initial_tails))


def likeness(wanted: str, own: Spelling) -> int | None:
    """Return how alike a typed text is to a name: 0 is the same, 5 the least, None is not at all.

    0 it is the name, in characters or pinyin; 1 the name begins with it; 2 it is the name's initials; 3 they begin
    with it; 4 the name holds it, from a character, syllable or word on; 5 its initials hold it.

    Parameters
    ----------
    wanted
        What was typed, as :func:`key` writes it, at most :data:`MAX_QUERY` characters.
    own
        How the name may be typed.

    Examples
    --------
    >>> [likeness(typed, spell(["望京桥"])) for typed in ("wangjingqiao", "望", "wjq", "w", "jingq", "jq", "angjing")]
    [0, 1, 2, 1, 4, 5, None]
    """
    for wholes, number in ((own.wholes, 0), (own.initials, 2)):
        if wanted in wholes:
            return number
        if any(text.startswith(wanted) for text in wholes):
            return number + 1
    for tails, number in ((own.tails, 4), (own.initial_tails, 5)):
        if any(text.startswith(wanted) for text in tails):
            return number
    return None


def _add(parts: list[str], wholes: set[str], tails: set[str]) -> None:
    """Add a row of parts in full, and from each later part on, no longer than anybody can type."""
    text = "".join(parts)
    begin = 0
    for number, part in enumerate(parts):
        # one more character than a query has, so that a cut name never equals one
        (wholes if number == 0 else tails).add(text[begin : begin + MAX_QUERY + 1])
        begin += len(part)


def _ways(own: list[str], read: Read) -> list[list[str]]:
    """Return a name's units with its Chinese characters read, one row for each way to read them."""
    ways: list[list[str]] = [[]]
    for is_han, run in groupby(own, lambda unit: bool(_IS_HAN.match(unit))):
        parts = list(run)
        choices = [list(way) for way in read("".join(parts))] if is_han else [parts]
        ways = [[*way, *choice] for way in ways for choice in choices][:8]
    return ways
