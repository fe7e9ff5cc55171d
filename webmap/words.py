"""Words that the scripts of a page need, in the language of the request.

Keys are the codes of the API (`rest_stop`, `walk`, `off_network`, ...); a code without a word here is
shown as it is, so that a new service or amenity is never hidden. ``{name}`` marks a value that the
script fills in.
"""

from __future__ import annotations

from flask_babel import gettext as _

Words = dict[str, str]


def page_words() -> dict[str, Words]:
    """Return every word that the finder's scripts show.

    Returns
    -------
    dict
        Group -> key -> word, in the language of the request.
    """
    return {
        "service": service_words(),
        "amenity": amenity_words(),
        "accuracy": accuracy_words(),
        "at_least": at_least_words(),
        "access": access_words(),
        "only_by": only_by_words(),
        "audience": audience_words(),
        "mode": mode_words(),
        "by_mode": by_mode_words(),
        "kind": kind_words(),
        "hours": hours_words(),
        "state": state_words(),
        "assumed": assumed_words(),
        "reason": reason_words(),
        "problem": problem_words(),
        "ui": ui_words(),
    }


def service_words() -> Words:
    """Return the names of the services."""
    return {
        "service_station": _("工会服务站"),
        "rest_stop": _("暖心驿站"),
        "water_point": _("饮水点"),
        "haircut": _("理发"),
        "pop_up": _("流动服务"),
        "benefit": _("服务卡优惠"),
        "public_toilet": _("公共厕所"),
        "shelter": _("遮风避雨"),
        "library": _("图书馆"),
        "community_centre": _("社区活动中心"),
    }


def amenity_words() -> Words:
    """Return the names of the kit that a place may have."""
    return {
        "water": _("饮用水"),
        "hot_water": _("热水"),
        "microwave": _("微波炉"),
        "fridge": _("冰箱"),
        "coffee_machine": _("咖啡机"),
        "cups": _("水杯"),
        "meals": _("饭菜"),
        "seats": _("座位"),
        "sofa": _("沙发"),
        "air_conditioner": _("空调"),
        "heating": _("暖气"),
        "toilet": _("厕所"),
        "nursing_room": _("妈咪屋"),
        "medicine": _("药箱"),
        "health_check": _("量血压"),
        "aed": _("除颤器"),
        "socket": _("插座"),
        "wifi": _("无线网"),
        "books": _("图书"),
        "printer": _("打印机"),
        "tools": _("工具箱"),
        "umbrella": _("雨伞"),
        "needle_kit": _("针线包"),
        "tyre_pump": _("打气筒"),
        "bike_parking": _("停自行车"),
        "ebike_charging": _("电动车充电"),
    }


def accuracy_words() -> Words:
    """Return what a person should expect of a position."""
    return {
        "exact": _("位置准确到门口"),
        "building": _("位置到楼，门口要找一找"),
        "street": _("位置只到路段"),
        "subdistrict": _("位置只到街道范围"),
        "illustrative": _("位置示意"),
    }


def access_words() -> Words:
    """Return how one gets in."""
    return {
        "walk_in": _("可直接进"),
        "ask_guard": _("先问保安"),
        "scan": _("要扫码"),
        "face": _("要刷脸"),
        "key": _("要借钥匙"),
        "unknown": _("不知道怎么进"),
    }


def at_least_words() -> Words:
    """Return how exact a position must be; the least exact is never asked for."""
    return {
        "exact": _("准到门口"),
        "building": _("至少到楼"),
        "street": _("至少到路段"),
        "subdistrict": _("至少到街道范围"),
    }


def only_by_words() -> Words:
    """Return the only way to get in, for somebody who wanted another."""
    return {
        "walk_in": _("可直接进"),
        "ask_guard": _("要先问保安"),
        "scan": _("只能扫码进"),
        "face": _("只能刷脸进"),
        "key": _("要借钥匙才能进"),
    }


def audience_words() -> Words:
    """Return whom a place is for."""
    return {
        "couriers": _("快递外卖员"),
        "sanitation": _("环卫工人"),
        "drivers": _("司机"),
        "guards": _("保安"),
        "police": _("警察"),
        "union_members": _("工会会员"),
    }


def mode_words() -> Words:
    """Return the names of the ways to travel."""
    return {"walk": _("步行"), "bike": _("自行车"), "ebike": _("电动车"), "drive": _("汽车")}


def by_mode_words() -> Words:
    """Return a sentence's beginning for each way to travel."""
    return {"walk": _("走路"), "bike": _("骑自行车"), "ebike": _("骑电动车"), "drive": _("开车")}


def kind_words() -> Words:
    """Return what a search result is."""
    return {
        "place": _("服务点"),
        "street": _("道路"),
        "area": _("地区"),
        "station": _("车站"),
        "poi": _("地点"),
        "address": _("门牌"),
    }


def hours_words() -> Words:
    """Return the words of an opening-hours expression."""
    return {
        "Mo": _("周一"),
        "Tu": _("周二"),
        "We": _("周三"),
        "Th": _("周四"),
        "Fr": _("周五"),
        "Sa": _("周六"),
        "Su": _("周日"),
        "PH": _("公众假期"),
        "SH": _("学校假期"),
        "off": _("休息"),
        "closed": _("休息"),
        "to": _("至"),
        "and": _("、"),
        "then": _("；"),
        "24/7": _("全天 24 小时"),
    }


def state_words() -> Words:
    """Return what holds when one gets there."""
    return {
        "open": _("到时开着"),
        "closing_soon": _("到时快关门"),
        "closed": _("到时关着"),
        "unknown": _("开放时间未知"),
    }


def assumed_words() -> Words:
    """Return what the hours rest on, where nobody has said it."""
    return {
        "holiday": _("没有登记节假日的时间，可能不同。"),
        "makeup_workday": _("没有登记调休上班日的时间，可能不同。"),
        "no_notice": _("这一年的放假安排还没有公布。"),
    }


def reason_words() -> Words:
    """Return why a nearer place was passed over: the condition it failed, and what was found instead."""
    return {
        "status_planned": _("还没开放"),
        "status_paused": _("暂停开放"),
        "service": _("不提供{service}"),
        "amenity_no": _("没有{amenity}"),
        "amenity_unknown": _("不知道有没有{amenity}"),
        "access": "{access}",
        "access_unknown": _("不知道怎么进"),
        "audience": _("只给{audience}"),
        "accuracy": "{accuracy}",
        "open_closed": _("到达时没开门"),
        "open_short": _("到达后不久就关门"),
        "open_unknown": _("不知道到时开不开门"),
    }


def problem_words() -> Words:
    """Return what to say, and what to try, for each problem of the API."""
    return {
        "off_network": _("这个位置附近没有能走的路。点近一点的街道再试。"),
        "outside_city": _("这里不在{city}的地图范围内。换一个城里的位置试试。"),
        "swapped_coordinates": _("经度和纬度好像写反了。"),
        "bad_parameter": _("链接里有看不懂的内容。重新选一个位置试试。"),
        "unknown_word": _("链接里有这个城市没有的条件。去掉条件再试。"),
        "not_found": _("没有找到这个服务点，可能已经撤了。"),
        "internal": _("服务器出错了，不是你的问题。稍后再试。"),
        "network": _("网络连不上。信号好一点时再试。"),
        "geo_denied": _("没有允许定位。可以在浏览器设置里打开，也可以搜地点或点地图。"),
        "geo_unavailable": _("暂时定不到位。到空旷一点的地方再试，或者搜地点、点地图。"),
        "geo_timeout": _("定位太久没有结果。再试一次，或者搜地点、点地图。"),
        "geo_unsupported": _("这个浏览器不能定位。请搜地点或点地图。"),
    }


def ui_words() -> Words:
    """Return everything else that the scripts say."""
    return {
        "minutes": _("分钟"),
        "metres": _("{n} 米"),
        "kilometres": _("{n} 公里"),
        "straight": _("直线 {distance}"),
        "my_position": _("我的位置"),
        "map_position": _("地图上选的位置"),
        "shared_position": _("链接里的位置"),
        "locating": _("正在定位…"),
        "finding": _("正在按真实道路计算…"),
        "position_error": _("定位误差约 {distance}，不准就在地图上点一下。"),
        "found": _("{n} 处，从近到远"),
        "found_status": _("找到 {n} 处。最近的是{name}，{mode}约 {minutes} 分钟。"),
        "none": _("{mode} {minutes} 分钟内没有找到：{what}"),
        "none_any": _("任何服务点"),
        "none_or": _("或"),
        "none_with": _("{services}（要有{amenities}）"),
        "none_hint": _("也可能有，只是还没有人登记。"),
        "widen": _("放宽到 {minutes} 分钟"),
        "any_service": _("看全部服务"),
        "any_amenity": _("不限设施"),
        "try_mode": _("改成{mode}"),
        "retry": _("再试一次"),
        "to_center": _("看看市中心"),
        "clear_filters": _("去掉条件"),
        "swap": _("换过来试试"),
        "number_unknown": _("不知道门牌在哪，只到这条路的中间"),
        "street_middle": _("{name}（路的中间）"),
        "search_none": _("没有找到“{query}”。换个写法，或在地图上点一下。"),
        "hours_unknown": _("开放时间未知"),
        "open_until": _("{time} 关，还剩 {left}"),
        "opens_after": _("到后 {minutes} 分钟开门"),
        "opens_at": _("{time} 开门"),
        "open_short_here": _("到后 {minutes} 分钟就关门"),
        "park_walk": _("停车后步行 {distance}"),
        "setting_out": _("{day} {time} 出发"),
        "comma": _("，"),
        "why_not": _("为什么不是更近的"),
        "passed_nearer": _("有 {n} 处更近，为什么没选？"),
        "passed_nearer_one": _("有 1 处更近，为什么没选？"),
        "passed_within": _("附近另有 {n} 处，为什么没选？"),
        "passed_within_one": _("附近另有 1 处，为什么没选？"),
        "passed_near": _("附近这 {n} 处，为什么没选？"),
        "passed_near_one": _("附近这 1 处，为什么没选？"),
        "passed_other": _("另有 {n} 处更近的地方不提供{service}"),
        "passed_other_one": _("另有 1 处更近的地方不提供{service}"),
        "passed_other_within": _("附近 {n} 处不提供{service}"),
        "passed_other_within_one": _("附近 1 处不提供{service}"),
        "passed_more": _("还有更远的 {n} 处没列出，全部列出"),
        "passed_status": _("有 {n} 处没选上，原因列在后面。"),
        "passed_status_one": _("有 1 处没选上，原因列在后面。"),
        "near_closed": _("附近有 {n} 处，但你到的时候都关着。"),
        "near_closed_one": _("附近有 1 处，但你到的时候关着。"),
        "near_all": _("附近有 {n} 处，但都{reason}。"),
        "near_all_one": _("附近有 1 处，但{reason}。"),
        "near_but": _("附近有 {n} 处，但是：{reasons}。"),
        "near_each": _("{n} 处{reason}"),
        "near_rest": _("{n} 处另有原因"),
        "show_anyway": _("还是看看"),
        "put_away": _("收起"),
        "shown_anyway": _("已列出{name}"),
        "any_time": _("关着的也看"),
        "or_hours_unknown": _("不知道几点开门的也看"),
        "or_unknown": _("不知道有没有的也看"),
        "tomorrow": _("明天 {time}"),
        "n_minutes": _("{n} 分钟"),
        "n_hours": _("{n} 小时"),
        "hours_partly": _("{service}：{hours}"),
        "without": _("没有{amenity}"),
        "source": _("来源 {source}"),
        "unverified": _("未核实"),
        "verified": _("已核实"),
        "checked": _("{date} 查过"),
        "navigate": _("导航"),
        "navigate_to": _("导航到{name}"),
        "call": _("打电话"),
        "call_to": _("打电话 {phone}"),
        "place_pin": _("第 {rank} 个：{name}"),
        "zoom_in": _("放大"),
        "zoom_out": _("缩小"),
        "map_keys": _("地图。方向键移动，加减键缩放，回车从地图中心出发。"),
        "cluster": _("{n} 处服务点，放大查看"),
    }
