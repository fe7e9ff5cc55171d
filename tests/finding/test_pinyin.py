"""How Beijing's names are read, by a table that was written by hand from the dictionaries and from the street."""

from __future__ import annotations

import pytest

from geo.finding.pinyin import MAX_READINGS, readings, reviewed

#: Name, each reading by which it must be found. None comes from the program.
NAMES = """
朝阳 chao yang
朝阳门 chao yang men
朝阳门南小街 chao yang men nan xiao jie
朝阳公园 chao yang gong yuan
朝外大街 chao wai da jie
朝内大街 chao nei da jie
朝天宫 chao tian gong
长椿街 chang chun jie
长安街 chang an jie
长春桥 chang chun qiao
长辛店 chang xin dian
长阳镇 chang yang zhen
长楹天街 chang ying tian jie
南长街 nan chang jie
长巷头条 chang xiang tou tiao
长子营镇 zhang zi ying zhen
长哨营满族乡 chang shao ying man zu xiang
长岭 chang ling
什刹海 shi cha hai
西什库大街 xi shi ku da jie
什锦花园胡同 shi jin hua yuan hu tong
大栅栏 da shi lan
大栅栏 da zha lan
大栅栏 da shi lan er
大栅栏西街 da shi lan xi jie
十里堡 shi li pu
十里堡 shi li bao
马家堡东路 ma jia pu dong lu
二十里堡村 er shi li pu cun
刘斌堡乡 liu bin pu xiang
六铺炕 liu pu kang
铺陈市胡同 pu chen shi hu tong
广渠门 guang qu men
阜成门 fu cheng men
卧佛寺路 wo fo si lu
石佛营 shi fo ying
佛子庄乡 fo zi zhuang xiang
大佛寺东街 da fo si dong jie
卢沟桥 lu gou qiao
东单 dong dan
单店 dan dian
干面胡同 gan mian hu tong
台基厂大街 tai ji chang da jie
安乐林路 an le lin lu
南独乐河镇 nan du le he zhen
平乐园 ping le yuan
音乐厅 yin yue ting
神乐署 shen yue shu
重兴园 chong xing yuan
重庆饭店 chong qing fan dian
首都机场 shou du ji chang
元大都遗址 yuan da du yi zhi
西藏中学 xi zang zhong xue
藏经馆胡同 zang jing guan hu tong
雍和宫 yong he gong
校尉胡同 xiao wei hu tong
校场口 jiao chang kou
会城门 hui cheng men
车公庄 che gong zhuang
漷县镇 huo xian zhen
漷县镇 kuo xian zhen
垡头 fa tou
榆垡镇 yu fa zhen
北臧村镇 bei zang cun zhen
簋街 gui jie
魏公村 wei gong cun
骡马市大街 luo ma shi da jie
银行 yin hang
步行街 bu xing jie
大厦 da sha
厦门商务会馆 xia men shang wu hui guan
望京 wang jing
东四四条 dong si si tiao
东四十条 dong si shi tiao
呼家楼 hu jia lou
三里屯 san li tun
白广路 bai guang lu
八角游乐园 ba jiao you le yuan
西便门 xi bian men
便宜坊 bian yi fang
地安门 di an men
斜街 xie jie
将台 jiang tai
更楼胡同 geng lou hu tong
南锣鼓巷 nan luo gu xiang
雨儿胡同 yu er hu tong
甘露园 gan lu yuan
亮马桥 liang ma qiao
蓟门桥 ji men qiao
柳芳 liu fang
绿岛 lv dao
女子学院 nv zi xue yuan
解放军 jie fang jun
龙爪树 long zhao shu
仇家沟 qiu jia gou
莫斯科餐厅 mo si ke can ting
乐家花园 yue jia hua yuan
"""
ROWS = [(name, tuple(syllables)) for name, *syllables in map(str.split, NAMES.split("\n")[1:-1])]

#: Readings that pypinyin or a stranger would give, and nobody there does.
WRONG = [
    ("朝阳", "zhao yang", "the morning sun"), ("长椿街", "zhang chun jie", "zhǎng is to grow"),
    ("什刹海", "shen sha hai", "shén as in what, shā as in brake"), ("首都", "shou dou", "dōu is all"),
    ("重兴园", "zhong xing yuan", "zhòng is heavy"), ("石佛营", "shi fu ying", "fú as in 仿佛"),
    ("校场口", "xiao chang kou", "xiào is a school"), ("厦门", "sha men", "shà is a tall building"),
    ("银行", "yin xing", "xíng is to go"), ("藏经馆", "cang jing guan", "cáng is to hide"),
    ("长子营", "chang zi ying", "its settlers came from Zhǎngzǐ"), ("神乐署", "shen le shu", "lè is joy"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "reading"), ROWS, ids=[f"{name}-{''.join(reading)}" for name, reading in ROWS])
def test_a_name_is_read_as_people_read_it(name: str, reading: tuple[str, ...]) -> None:
    assert reading in readings(name)


@pytest.mark.parametrize(("name", "reading", "why"), WRONG, ids=[name for name, *_ in WRONG])
def test_a_name_is_not_misread(name: str, reading: str, why: str) -> None:
    assert tuple(reading.split()) not in readings(name), why


def test_the_usual_reading_comes_first() -> None:
    assert [readings(name)[0] for name in ("大栅栏", "十里堡")] == [("da", "shi", "lan"), ("shi", "li", "pu")]


def test_the_table_is_reviewed() -> None:
    """Each row says why; a part has one syllable for each character, except that Dàshílànr says its r."""
    rows = reviewed()

    assert len(rows) >= 80
    assert len({row.text for row in rows}) == len(rows)
    for row in rows:
        assert row.why.strip(), row.text
        assert all(syllable.isascii() and syllable.islower() for way in row.readings for syllable in way), row.text
        lengths = {len(way) for way in row.readings}
        assert lengths == {len(row.text)} or row.text.endswith("大栅栏"), row.text


def test_there_are_never_many_readings() -> None:
    assert 1 < len(readings("大栅栏" * 12)) <= MAX_READINGS


@pytest.mark.parametrize("text", ["", "㐂", "𠮷", "𰻞𰻞面"], ids=["nothing", "rare", "beyond 16 bits", "noodles"])
def test_whatever_cannot_be_read_stands_for_itself(text: str) -> None:
    assert all(len(way) == len(text) for way in readings(text))
    assert len(readings(text)) == (1 if text else 0)
