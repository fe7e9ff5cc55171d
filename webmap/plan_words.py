"""Words that the planner's page needs beside those of the finder, in the language of the request."""

from __future__ import annotations

from flask_babel import gettext as _

from webmap.plan_words_more import asking_words, enough_words
from webmap.words import Words, page_words


def plan_words() -> dict[str, Words]:
    """Return every word that the planner's scripts and template show: the finder's groups and the planner's own."""
    return {**page_words(), "layer": layer_words(), "siting": siting_words(), "plan": sentences()}


def layer_words() -> Words:
    """Return who or what is counted."""
    return {"residents": _("居民"), "street_length": _("道路长度"), "pickups": _("取餐点（骑手）")}


def siting_words() -> Words:
    """Return what can be asked of candidates."""
    return {
        "mclp": _("让最多的人有"),
        "backup": _("有两处可去"),
        "p_median": _("大家走的路最短"),
        "p_center": _("最远的人也不太远"),
        "lscp": _("人人都有，站最少"),
        "capacitated": _("不超过各处的座位"),
    }


def sentences() -> Words:
    """Return what the planner's scripts say; ``{name}`` marks a value."""
    return {
        **_head(), **_states(), **_week(), **_areas(), **_gaps(), **_edits(), **_scenarios(), **_sites(), **_hosts(),
        **asking_words(), **enough_words(),
    }  # fmt: skip


def _head() -> Words:
    return {
        "headline_residents": _("{total}居民中，{share} {mode} {minutes} 分钟内有{what}"),
        "headline_street_length": _("{total}道路中，{share} {mode} {minutes} 分钟内有{what}"),
        "headline_pickups": _("{total} 个取餐点中，{share} {mode} {minutes} 分钟内有{what}"),
        "any_place": _("一处服务点"),
        "hours_do_not_count": _("不看开门时间"),
        "open_certainly": _("只算那时确定开着的"),
        "open_perhaps": _("算那时开着的，和时间不明的"),
        "in_scenario": _("按方案“{name}”"),
        "places_count": _("{n} 处符合"),
        "places_count_one": _("1 处符合"),
        "moment": _("{day} {date} {time}"),
        "date": _("{month} 月 {day} 日"),
        "km": _("{n} 公里"),
        "amount_residents": _("{n} 人"),
        "amount_pickups": _("{n} 个"),
        "n_minutes": _("{n} 分钟"),
        "basis": _("依据：{source}。"),
        "source_residents": _("各街道人口，按街道范围内可步行的道路均匀分摊"),
        "source_street_length": _("这种方式能走的道路长度"),
        "source_pickups": _("地图上的餐饮店"),
        "unplaced": _("另有 {n} 人住在地图范围以外或没有道路的地方，没有算进来。"),
        "refused": _("这样问不了：{detail}"),
        "problem_too_busy": _("排队的计算太多，稍后再试。"),
        "map_keys": _("地图。方向键移动，加减键缩放，回车选中地图中心的街道。"),
    }


def _states() -> Words:
    return {
        "state_covered": _("时限内有"),
        "state_closed": _("有，但那时关着"),
        "state_unverified": _("有，但不知道那时开不开"),
        "state_missing": _("附近有，但缺要的服务或设施"),
        "state_severed": _("直线不远，绕路太远"),
        "state_nothing": _("附近什么都没有"),
    }


def _week() -> Words:
    return {
        "any_hour": _("不看开门时间；拖动滑块看某个钟点"),
        "hour_value": _("{moment}：{certain}"),
        "hour_values": _("{moment}：确定 {certain}，加上时间不明的 {perhaps}"),
        "hours_unknown_for": _("{all} 处里有 {n} 处不知道那时开不开。"),
    }


def _areas() -> Words:
    return {
        "areas_none": _("没有这个名字的街道。"),
        "areas_missing": _("没有街道（乡镇）边界。"),
        "area_all": _("看全城"),
        "area_residents": _("{total}中，{share}有。"),
        "area_street_length": _("{total}道路中，{share}有。"),
        "area_pickups": _("{total}取餐点中，{share}有。"),
        "area_partly": _("地图只含它的 {share}。"),
        "circle": _("若只按直线 1 公里画圈，会算成 {share}。"),
        "report": _("打印一页说明"),
        "no_area": _("街道边界以外"),
    }


def _gaps() -> Words:
    return {
        "gaps_note": _("列出最大的 {shown} 片，共 {n} 片；其余合计 {rest}。"),
        "gaps_none": _("没有空白。"),
        "gap_near": _("{street}附近"),
        "gap_unnamed": _("无名小路"),
        "gap_nearest": _("最近的是{name}，要 {minutes} 分钟"),
        "gap_no_nearest": _("走不到任何一处"),
    }


def _edits() -> Words:
    return {
        "tool_none": _("放一处新站并拖动它；放大后点一处已有的站，可以关掉或挪走。"),
        "tool_put": _("点地图，新站就放在那里。按 Esc 取消。"),
        "tool_street": _("点一段路，从路口到路口就封上。按 Esc 取消。"),
        "planned": _("新站 {n}"),
        "pin_title": _("{name}：拖动，或用方向键移动"),
        "close_place": _("关掉"),
        "move_place": _("挪走"),
        "open_all_day": _("改成全天开"),
        "edit_add": _("新站：{name}"),
        "edit_close": _("关掉：{name}"),
        "edit_move": _("挪走：{name}"),
        "edit_hours": _("全天开：{name}"),
        "edit_close_street": _("封一段路"),
        "remove": _("去掉"),
        "effect_gained": _("新增"),
        "effect_lost": _("失去"),
        "effect_share": _("全城"),
        "effect_exact": _("新增 {gained}，失去 {lost}。"),
    }


def _scenarios() -> Words:
    return {
        "scenario": _("方案"),
        "unnamed": _("未命名方案"),
        "saved": _("已保存"),
        "link_copied": _("链接已复制"),
        "link_here": _("链接：{link}"),
        "open_saved": _("选一个已存的方案"),
        "nothing_saved": _("还没有保存的方案"),
        "against_nothing": _("不比较"),
        "as_it_is": _("现状"),
        "comparing": _("正在比较…"),
        "covered": _("覆盖率"),
        "covered_amount": _("覆盖合计"),
        "difference": _("B 比 A"),
        "by_area": _("哪些街道变了"),
        "by_hour": _("一周各小时的覆盖率"),
        "no_change": _("没有一个街道变化。"),
    }


def _sites() -> Words:
    return {
        "about_mclp": _("放定数的站，让时限内有的人最多。"),
        "about_backup": _("一半看有没有第一处，一半看有没有第二处：一处关门也不怕。"),
        "about_p_median": _("放定数的站，让所有人走的时间加起来最少。"),
        "about_p_center": _("放定数的站，让路最远的人走得最短。"),
        "about_lscp": _("用最少的站，让候选点能顾到的人人都有。"),
        "about_capacitated": _("放定数的站，每处最多顾到它的座位数；要有名单，并且每一处都有座位数。"),
        "no_hosts": _("先选放在哪里：至少一类地方，或任何路口。"),
        "job_waiting": _("排队中…"),
        "job_running": _("正在找好的选址…"),
        "job_bounding": _("已有一个好选址，正在证明还能不能更好…"),
        "job_stopping": _("正在停止…"),
        "job_cancelled": _("已停止。"),
        "status_optimal": _("已证明：没有比这更好的选址。"),
        "status_within_gap": _("已证明足够接近最好。"),
        "status_time_limit": _("时间到了；这是目前最好的。"),
        "status_cancelled": _("提前停止；这是目前最好的。"),
        "status_infeasible": _("做不到：换更多候选点、更长的时限，或换一个目标。"),
        "bound": _("现在 {objective}，最好也不超过 {bound}，差距至多 {gap}。"),
        "unserved": _("还有 {n} 没有。"),
        "sites_effect": _("按真实道路重算：{before} → {after}，新增 {gained}。"),
        "take_sites": _("放进方案试一试"),
        "alternatives": _("差不多好的换法"),
        "instead": _("不要 {without}，换成 {instead}"),
        "regret": _("少 {n}"),
        "sites_method": _("比较了 {n} 个候选点；另有 {off} 个离路太远，没有用。"),
        "download_csv": _("各街道，一行一个"),
        "download_xlsx": _("各街道和说明，给 Excel"),
        "download_geojson": _("各街道的边界和数字"),
        "download_gpkg": _("街道和没有的道路，给 GIS"),
        "picture_foot": _("{city} · 数据 {built}（{version}）· {sources}"),
        "picture_made": _("图片已生成，{kb} KB。"),
    }


def _hosts() -> Words:
    return {
        "host_bank": _("银行网点"),
        "host_convenience": _("便利店"),
        "host_supermarket": _("超市"),
        "host_community_centre": _("社区活动中心"),
        "host_townhall": _("街道办事处"),
        "host_social_facility": _("养老等服务机构"),
        "host_library": _("图书馆"),
        "host_toilets": _("公共厕所"),
        "host_pharmacy": _("药店"),
        "host_fuel": _("加油站"),
        "host_post_office": _("邮局"),
        "host_listed": _("表里的地点"),
        "host_crossing": _("路口"),
        "host_place": _("现有的站"),
    }
