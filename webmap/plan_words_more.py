"""Words of the planner's page for what is asked of candidates, and for whether what there is is enough."""

from __future__ import annotations

from flask_babel import gettext as _

from webmap.words import Words


def asking_words() -> Words:
    """Return what is said of candidates, tables of hosts, money and years."""
    return {**_candidates(), **_table(), **_years()}


def enough_words() -> Words:
    """Return what is said of times, seats, of places that close, and of one more place."""
    return {**_equity(), **_seats(), **_one_more()}


def _candidates() -> Words:
    return {
        "candidates_title": _("候选点"),
        "candidates_n": _("可以放（{n} 处）"),
        "candidates_key": _("点一个候选点，就能定下它一定要，还是不要。"),
        "must": _("一定要"),
        "never": _("不要"),
        "wish_none": _("都可以"),
        "wish_must": _("一定要：{name}"),
        "wish_never": _("不要：{name}"),
        "no_capacity": _("这个目标要知道每一处能顾到多少人：在名单里加一列“座位”，每行都填。"),
    }


def _table() -> Words:
    return {
        "table_reading": _("正在读表…"),
        "table_large": _("这张表有 {mb} MB，最多 {limit} MB：分几张，或只留需要的列。"),
        "table_taken": _("{name}：{n} 处可以用。"),
        "table_wrong": _("{n} 行用不了，没有算进来："),
        "table_more": _("另外还有 {n} 行。"),
        "table_off": _("{n} 处不在路边或不在这座城市，没有算进来：{names}"),
        "table_priced": _("每一处都有费用，可以填预算。"),
        "table_unpriced": _("不是每一处都有费用，所以不能填预算。"),
        "table_sized": _("每一处都有座位数。"),
        "table_unsized": _("不是每一处都有座位数。"),
        "wrong_cells": _("第 {line} 行：有 {value} 格，和表头不一样多；带逗号的字要加引号。"),
        "wrong_lon": _("第 {line} 行：经度“{value}”用不了，要写 116.41 这样的度数。"),
        "wrong_lat": _("第 {line} 行：纬度“{value}”用不了，要写 39.92 这样的度数；看看经纬度是不是写反了。"),
        "wrong_price": _("第 {line} 行：费用“{value}”用不了，要写不小于 0 的数，不带单位。"),
        "wrong_capacity": _("第 {line} 行：座位“{value}”用不了，要写不小于 0 的数，不带单位。"),
        "site_price": _("费用 {n}"),
        "sites_price": _("费用合计 {n}。"),
    }


def _years() -> Words:
    return {
        "no_years": _("“人人都有，站最少”不能分年：去掉年份，或换一个目标。"),
        "years": _("分年"),
        "year": _("到哪一年"),
        "year_amount": _("{year} 年放多少"),
        "year_sites": _("处数"),
        "year_reached": _("达到"),
        "year_loss": _("比单为这年选少"),
        "site_since": _("{year} 年起"),
    }


def _equity() -> Words:
    return {
        "layer_off": _("从地图上拿掉"),
        "layer_on": _("放回地图上"),
        "equity_median_s": _("一半人以内"),
        "equity_mean_s": _("平均"),
        "equity_ninth_decile_s": _("九成人以内"),
        "equity_worst_decile_s": _("最远的一成，平均"),
        "equity_gini": _("不均程度（基尼）"),
        "equity_limit": _("竖线是 {minutes} 分钟。"),
        "equity_gini_note": _("基尼系数：0 是大家一样远，越近 1 越不均。"),
        "equity_capped": _("其中 {share} 要走 {minutes} 分钟以上或走不到，按 {minutes} 分钟算。"),
        "equity_none": _("没有一处符合，谁也走不到。"),
        "backup_note": _("关掉这 {n} 处中的一处，就有人失去；另有 {none} 处关了也没有人失去。"),
        "backup_none": _("关掉任何一处，都没有人失去。"),
        "backup_title": _("关了会失去的人"),
        "backup_key": _("圆越大，只靠这一处的越多；数字是名次。"),
    }


def _seats() -> Words:
    return {
        "seats_sentence": _("{places} 处共有 {seats} 个座位，{share} 能走到。"),
        "seats_fewest_residents": _("每千人分到的座位最少的街道"),
        "seats_fewest_street_length": _("每公里道路分到的座位最少的街道"),
        "seats_fewest_pickups": _("每千个取餐点分到的座位最少的街道"),
        "seats_title_residents": _("每千人分到的座位"),
        "seats_title_street_length": _("每公里道路分到的座位"),
        "seats_title_pickups": _("每千个取餐点分到的座位"),
        "seats_zero": _("一个座位也走不到"),
        "seats_without": _("另有 {n} 处没有登记座位数，没有算进来。"),
        "seats_unknown": _("符合的 {n} 处都没有登记座位数，所以不知道够不够。"),
        "seats_too_large": _("这个问题太大，算不下；选短一点的时限。"),
        "decay_alike": _("时限内的人都一样地分。"),
        "decay_steps": _("近的人多分：三圈按 1、0.68、0.22。"),
        "decay_gaussian": _("越远的人分得越少（高斯）。"),
    }


def _one_more() -> Words:
    return {
        "surface_running": _("正在算每个路口… {percent}%"),
        "surface_title": _("这里多放一处，新增多少"),
        "surface_key": _("每个小方块是一个路口；没有颜色的路口，多放一处也不新增。"),
        "surface_best": _("最值的路口"),
        "surface_spot": _("路口 {n}"),
        "surface_note": _("比较了 {n} 个路口；相距 400 米以内只列最好的一个。路口只是位置，还没有人答应接待。"),
        "surface_nothing": _("没有一个路口能新增：都已经有了。"),
        "surface_old": _("问题变了，颜色是按原来的问题算的，已经拿掉；可以再算一次。"),
    }
