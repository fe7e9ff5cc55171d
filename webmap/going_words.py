"""Words of what is loaded late: going to a place, keeping it, handing it on, and places along a way."""

from __future__ import annotations

from flask_babel import gettext as _

from webmap.words import Words


def going_words() -> Words:
    """Return every word of the late features, in the language of the request; ``{name}`` marks a value."""
    return {**_apps(), **_going(), **_copying(), **_keeping(), **_along()}


def _apps() -> Words:
    return {
        "amap": _("高德地图"),
        "amap_about": _("打开高德地图的路线；没装就打开网页版。"),
        "baidu": _("百度地图"),
        "baidu_about": _("打开百度地图的路线。"),
        "tencent": _("腾讯地图"),
        "tencent_about": _("打开腾讯地图的路线网页。"),
        "apple": _("苹果地图"),
        "apple_about": _("手机自带的地图。"),
        "geo": _("手机里的其他地图"),
        "geo_about": _("由手机问你用哪一个。"),
        "mode_untold": _("先显示这个地方，再在地图里选怎么去。"),
        "walk_instead": _("它不能指定骑行，先给步行路线。"),
    }


def _going() -> Words:
    return {
        "go": _("导航"),
        "go_to": _("导航到{name}"),
        "go_with": _("用{app}导航到{name}"),
        "choose": _("用哪个地图？"),
        "choose_hint": _("选一次就记住。以后点“更多”里的“换地图”可以改。"),
        "other_map": _("换地图"),
        "other_map_about": _("高德、百度、腾讯和别的。"),
        "not_opened": _("{app}没有打开？可能没装。"),
        "more": _("更多"),
        "more_of": _("更多：{name}"),
        "share": _("分享"),
        "share_about": _("发给别人。里面没有你的位置。"),
        "link_copied": _("链接已复制。"),
        "poster": _("海报"),
        "poster_about": _("贴在门口的，给站里的人打印。"),
        "close": _("关闭"),
        "wechat": _("微信里打不开地图"),
        "wechat_hint": _("点右上角“…”，选“在浏览器打开”，再点导航。也可以复制下面的地址，粘贴到地图里。"),
    }


def _copying() -> Words:
    return {
        "copy": _("复制"),
        "copy_of": _("复制地址：{name}"),
        "copy_place": _("复制地址"),
        "copied": _("已复制，可以粘贴到地图或微信里。"),
        "copy_by_hand": _("浏览器不让复制。文字已选中，请按住复制。"),
        "numbers": _("纬度 {lat}，经度 {lon}（GCJ-02，高德、腾讯可用）"),
    }


def _keeping() -> Words:
    return {
        "keep": _("收藏"),
        "keep_of": _("收藏{name}"),
        "kept": _("已收藏{name}，在首页“收藏”里。"),
        "kept_for_now": _("这个浏览器不让网页存东西，{name}只收藏到关掉页面为止。"),
        "given_up": _("已不再收藏{name}。"),
        "too_many": _("最多收藏 100 处。先去掉一些。"),
        "none_kept": _("还没有收藏。在结果里点星形，就会留在这台手机上，不会传出去。"),
        "asking": _("正在看现在开没开…"),
        "gone": _("这里已经没有这个服务点"),
        "now_open": _("现在开着"),
        "now_closing_soon": _("快关门了"),
        "now_closed": _("现在关着"),
        "now_unknown": _("开放时间未知"),
        "until": _("{time} 关"),
        "opens": _("{time} 开门"),
        "around": _("看附近"),
        "give_up": _("去掉"),
        "give_up_of": _("去掉{name}"),
        "undo": _("撤销"),
    }


def _along() -> Words:
    return {
        "along_from": _("从哪里"),
        "along_to": _("到哪里"),
        "along_via": _("经过"),
        "along_sign_from": _("起"),
        "along_sign_to": _("终"),
        "along_sign_via": _("经"),
        "along_ask": _("选好从哪里、到哪里，就列出路上少绕路的驿站。"),
        "along_pick_from": _("点地图选起点"),
        "along_pick_to": _("点地图选终点"),
        "along_pick_via": _("点地图选经过的点"),
        "along_found": _("{n} 处，绕得少的在前"),
        "along_found_one": _("1 处"),
        "along_way": _("不停的话 {minutes} 分钟，{time} 到"),
        "along_none": _("绕 {detour} 分钟以内，没有合适的驿站。"),
        "along_no_way": _("这两处之间没有能走的路。换一种走法，或换个位置。"),
        "along_late": _("来不及：要到的时间太早了。改晚一点，或少歇一会儿。"),
        "along_arrives": _("{time} 到，已走 {minutes} 分钟"),
        "along_stay": _("最多能歇 {minutes} 分钟"),
        "along_status": _("找到 {n} 处。绕得最少的是{name}，多 {minutes} 分钟。"),
    }
