"""How people call the columns of their lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from geo.datums import Datum

#: Whole headers, without spaces, punctuation, case.
WHOLE: Final[Mapping[str, str]] = {
    "id": "id 站点编号 驿站编号 站点编码 驿站编码 编码 编号 placeid stationid 站点id",
    "name": "名称 站点名称 驿站名称 站名 点位名称 服务点名称 服务站名称 站点 驿站 名字 name title stationname "
    "placename 暖心驿站名称 阵地名称 网点名称 场所名称 机构名称 单位名称 店名 中文名 中文名称 namezh",
    "name_en": "英文名 英文名称 nameen englishname",
    "address": "地址 详细地址 站点地址 驿站地址 具体地址 地点 位置 具体位置 所在地 所在位置 所在地址 address addr "
    "fulladdress location 坐落 门牌地址 通讯地址 服务地址 活动地点",
    "city": "城市 市 所在市 city 地市",
    "district": "区 区县 所属区 所在区 行政区 区域 所属区县 城区 district county districthint 市辖区 所在区县",
    "subdistrict": "街道 街乡 街道乡镇 乡镇 所属街道 所在街道 街镇 属地街道 属地 街道地区 subdistrict street "
    "township 街道名称 所属街道乡镇 镇街",
    "community": "社区 所属社区 所在社区 社区村 社区名称 居委会 村居 community",
    "lon": "经度 lng lon long longitude x 东经 x坐标 lngdeg geometrylon",
    "lat": "纬度 lat latitude y 北纬 y坐标 geometrylat",
    "lonlat": "经纬度 坐标 经纬度坐标 位置坐标 gps gps坐标 lonlat lnglat coordinates coordinate 定位 定位坐标 "
    "地理坐标",
    "latlon": "纬经度 纬度经度 latlon latlng",
    "datum": "坐标系 坐标类型 crs datum 坐标系统 coordtype 坐标基准",
    "hours": "开放时间 营业时间 服务时间 开放时段 时间 开门时间 工作时间 运营时间 对外开放时间 hours openinghours "
    "openhours hourstext businesshours 服务时段 开放日期及时间 活动时间",
    "open_24h": "是否24小时 24小时 是否24小时开放 24小时开放 is24h open24h 24h 全天开放 是否全天开放 24小时驿站",
    "phone": "电话 联系电话 联系方式 服务电话 咨询电话 固定电话 手机 手机号 电话号码 座机 站点电话 phone tel "
    "telephone mobile contact phonenumber",
    "amenities": "设施 设施设备 服务内容 功能 服务项目 服务功能 设备 配套设施 配备设施 设施服务 基本设施 基础设施 "
    "服务设施 便民设施 amenities facilities services service features equipment 提供服务 配套 硬件设施 配置",
    "kind": "类型 类别 站点类型 驿站类型 性质 种类 类 站点类别 站点性质 kind type category 分类",
    "host": "主办单位 承办单位 建设单位 共建单位 所属单位 依托单位 管理单位 运营单位 单位 主管单位 责任单位 host "
    "hostunit operator organization organisation 承建单位 提供单位",
    "floor": "楼层 所在楼层 floor level",
    "note": "备注 说明 其他 其它 note notes remark remarks comment 附注 备考 description",
    "source_url": "网址 链接 来源网址 url sourceurl link website 来源链接",
    "checked": "核对日期 更新日期 更新时间 采集日期 统计日期 日期 sourcedate checked updated lastchecked date "
    "核实日期",
    "tier": "层级 级别 tier",
    "access": "进入方式 准入方式 门禁 access 入内方式",
    "audience": "服务对象 面向人群 适用人群 服务人群 audience",
    "capacity_seats": "座位 座位数 座席 可容纳人数 容纳人数 capacity seats capacityseats",
    "area_m2": "面积 建筑面积 使用面积 面积平方米 面积㎡ 面积m2 area aream2 场地面积 平米 平方米",
    "status": "状态 运行状态 开放状态 使用状态 status 是否正常开放",
    "street_facing": "是否临街 临街 streetfacing",
    "geometry": "geometrytype",
}  # fmt: skip
#: Parts of a header, the more exact first; they count only for a field that no whole header names.
PARTS: Final[tuple[tuple[str, str], ...]] = (
    ("经纬度", "lonlat"), ("经度", "lon"), ("纬度", "lat"), ("longitude", "lon"), ("latitude", "lat"),
    ("24小时", "open_24h"), ("开放时间", "hours"), ("营业时间", "hours"), ("服务时间", "hours"),
    ("openinghours", "hours"),
    ("电话", "phone"), ("地址", "address"), ("address", "address"), ("名称", "name"), ("设施", "amenities"),
    ("服务内容", "amenities"), ("服务项目", "amenities"), ("类型", "kind"), ("类别", "kind"), ("街道", "subdistrict"),
    ("乡镇", "subdistrict"), ("社区", "community"), ("备注", "note"), ("name", "name"),
)  # fmt: skip
DATUMS: Final[tuple[tuple[str, Datum], ...]] = (
    ("wgs84", "wgs84"), ("wgs", "wgs84"), ("gps", "wgs84"), ("cgcs2000", "wgs84"), ("国家2000", "wgs84"),
    ("gcj02", "gcj02"), ("gcj", "gcj02"), ("火星", "gcj02"), ("高德", "gcj02"), ("腾讯", "gcj02"), ("amap", "gcj02"),
    ("bd09", "bd09"), ("bd", "bd09"), ("百度", "bd09"), ("baidu", "bd09"),
)  # fmt: skip
#: Of a person, not of the place: never read, whatever else the header holds.
PERSONAL: Final = ("联系人", "负责人", "身份证", "姓名", "站长", "管理员", "经办人", "填报人")
