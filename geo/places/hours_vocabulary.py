"""The vocabulary of opening hours: words with their meaning, and phrases whose inside does not matter.

A word that is missing here makes a text unknown, never wrong; so a word is added only with one certain meaning.
"""

from __future__ import annotations

from typing import Any, Final, Literal

WordKind = Literal[
    "clock", "day_part", "range", "next_day", "days", "nth_day", "month_day", "every_day", "workdays", "holidays",
    "date", "season", "part", "always", "closed", "closed_label", "normally", "no_rest", "except", "except_begin",
    "except_end", "break", "last_entry", "yearly", "next_year", "weather", "announced", "holiday_announced", "only",
    "note", "filler", "joint", "stop", "bracket", "space", "unknown",
]  # fmt: skip

#: What a phrase may hold: within one clause, and no figures, which might be hours.
_GAP: Final = r"[^,;。()\d]"
#: Whole phrases whose inside does not matter; they come first.
PHRASES: Final[tuple[tuple[WordKind, str], ...]] = (
    ("holiday_announced", rf"(?:法定)?节假日(?:开放)?(?:时间)?(?:另行通知|另行公告|以{_GAP}{{1,10}}为准)"),
    ("announced", rf"(?:具体)?(?:开放|营业)?(?:时间)?以{_GAP}{{1,12}}为准"),
    ("announced", rf"特殊情况{_GAP}{{0,4}}(?:另行)?(?:通知|公告)|如有(?:变动|调整|变化|特殊情况){_GAP}{{0,10}}"),
    (
        "weather",
        r"(?:如遇|遇|逢)?(?:雨雪|雨天|雨|下雨|恶劣|极端|大风|雷雨)(?:天气|天)?"
        r"(?:除外|不开放|不营业|闭馆|关闭|暂停(?:开放|服务|营业)?|停止开放)",
    ),
    ("note", rf"(?:则?通过){_GAP}{{1,15}}形式运行|采用{_GAP}{{1,12}}管理"),
    ("note", rf"(?:只需|凭|需|刷){_GAP}{{1,10}}(?:进入|入内|进门|使用)"),
    ("note", r"(?:设?有)?(?:志愿者|工作人员|专人|管理员)(?:值守|值班|在岗)(?:服务)?|无人值守|自助使用|您?啥时候来都行"),
    ("last_entry", r"(?:最晚|最迟|最后|末次)(?:入馆|入园|入场|进馆|进入|进场|入店)(?:时间)?(?:为|是)?\s*:?"),
    ("last_entry", r"(?:停止|截止)(?:入馆|入园|入场|进入|进馆|进场|检票|售票|取号)"),
)

WORDS: Final[tuple[tuple[WordKind, Any, str], ...]] = (
    ("range", "-", "- -- --- ---- ~ ~~ 至 到 to"),
    ("next_day", "+1", "次日 翌日 第二天 隔天"),
    ("day_part", "dawn", "凌晨"),
    ("day_part", "am", "上午 早上 早晨 清晨 早间 早"),
    ("day_part", "noon", "中午 正午"),
    ("day_part", "pm", "下午 午后"),
    ("day_part", "evening", "晚上 晚间 夜间 夜晚 傍晚 晚"),
    ("day_part", "day", "白天 日间"),
    ("every_day", "daily", "每天 每日 天天 全年 全周 全周开放 一周七天 每周七天 daily every\xa0day everyday"),
    ("days", frozenset((5, 6)), "双休日 周六日 weekends weekend"),
    ("note", "note", "中午不休息 中午不休 午间不休 午间不休息 中午不关门"),
    ("workdays", "workdays", "工作日 法定工作日 上班日 weekdays"),
    ("holidays", "lawful", "法定节假日 国家法定节假日 国家法定假日 法定假日 法定假期 法定节日 公众假期"),
    ("holidays", "any", "节假日 节日 假日"),
    ("season", "夏", "夏令时 夏时制 夏季 夏天 夏令 夏季作息 夏季时间"),
    ("season", "冬", "冬令时 冬时制 冬季 冬天 冬令 冬季作息 冬季时间"),
    ("season", "春夏", "春夏 春夏季"),
    ("season", "秋冬", "秋冬 秋冬季"),
    ("season", "冬春", "冬春 冬春季"),
    ("season", "夏秋", "夏秋 夏秋季"),
    ("season", "春", "春季 春天"),
    ("season", "秋", "秋季 秋天"),
    ("season", "暑期", "暑期 暑假"),
    ("season", "寒假", "寒假"),
    ("season", "寒暑假", "寒暑假"),
    ("part", None, "大厅 自助服务区 自助区 自助阅读区 阅览室 自习室 阅读区 休息区"),
    ("always", "24h", "24小时 二十四小时 24h 24\xa0小时 24\xa0hours 24/7 7x24小时 7*24小时 7×24小时 全天24小时 昼夜"),
    ("always", "all_day", "全天 全天候"),
    (
        "closed",
        "off",
        "闭馆 休馆 闭店 店休 休息 关闭 关门 不开放 不营业 不开门 不开馆 停止开放 暂停开放 暂停服务 歇业 休业",
    ),
    ("closed", "off", "全天闭馆 全天关闭 全天休息 全天不开放 不对外开放 放假 停业 闭园 休 closed"),
    ("closed_label", "off", "闭馆日 休馆日 店休日 闭馆日期"),
    ("normally", "as usual", "正常开放 照常开放 正常营业 照常营业 正常服务 照常 不闭馆 不休息 不休"),
    ("no_rest", "all year", "全年无休 节假日不休 节假日不休息 节假日无休 365天 全年365天 无休"),
    ("except", "except", "除外"),
    ("except_begin", "except", "除 除了"),
    ("except_end", "except", "外 以外 之外"),
    ("break", "break", "午休 午间休息 中午休息 午休时间"),
    ("only", "only", "仅限 只限 限 仅"),
    ("note", "note", "不间断 不打烊 扫码 刷卡 刷脸 刷身份证 自助 无障碍"),
    (
        "filler",
        None,
        "开放时间 营业时间 服务时间 运营时间 开馆时间 接待时间 开放时段 开放日 时间 时段 开放 营业 开馆 开门 服务",
    ),
    ("filler", None, "免费 运营 接待 对外 对社会 对公众 供应 支持 这里 本馆 均 都 为 是 于 在 从 自 的 期间"),
    ("filler", None, "open opening\xa0hours hours from between 时间为 开放时间为"),
    ("yearly", None, "每年"),
    ("next_year", None, "次年 翌年 第二年"),
    ("joint", None, "、 和 及 与 以及 并 / + and &"),
    ("stop", None, ", ; 。 . : … ! “ ” \" ' ‘ ’ · | 丨"),
    ("bracket", "(", "( [ {"),
    ("bracket", ")", ") ] }"),
)
