"""People's words for the kit of a place, as lists have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from geo.places.model import AmenityKind

#: Amenity -> the words for it. A word of two amenities stands twice: 冷热水 is water, and hot water.
WORDS: Final[Mapping[AmenityKind, str]] = {
    "water": "饮水 饮水机 饮用水 饮水点 喝水 直饮水 直饮机 直饮水机 净水器 净水机 矿泉水 瓶装水 桶装水 纯净水 "
    "凉白开 冷水 冰水 凉水 温水 茶水 水 冷热水 热冷水 冷热水饮水机 热水饮水机 饮水设备 绿豆汤 凉茶 大麦茶 "
    "解暑饮品 清凉饮料 清凉饮品 防暑饮品 接水 补水 加水 drinkingwater water waterdispenser bottledwater",
    "hot_water": "热水 开水 开水机 热水器 热水机 热水壶 电热水壶 电水壶 烧水壶 保温壶 热水瓶 暖水瓶 暖壶 热茶 "
    "热饮 姜茶 姜汤 冷热水 热冷水 冷热水饮水机 热水饮水机 茶水 hotwater kettle",
    "microwave": "微波炉 微波 热饭 热饭菜 加热饭菜 饭菜加热 餐食加热 食物加热 食品加热 加热 加热设备 热餐 热饭箱 "
    "光波炉 蒸饭箱 microwave heatmeals",
    "fridge": "冰箱 电冰箱 冰柜 冷柜 冷藏柜 小冰箱 冷藏 fridge refrigerator",
    "coffee_machine": "咖啡机 咖啡 自助咖啡 coffee coffeemachine",
    "cups": "水杯 纸杯 一次性水杯 一次性纸杯 杯子 茶杯 cups",
    "meals": "用餐 就餐 餐饮 简餐 早餐 午餐 套餐 盒饭 餐食 方便面 泡面 方便食品 面包 小吃 食堂 优惠餐 爱心餐 "
    "暖心套餐 暖心餐 就餐区 折扣餐 鲜食 meals food",
    "seats": "休息 休憩 小憩 小歇 歇脚 歇息 座椅 桌椅 椅子 凳子 座位 座凳 板凳 长椅 休息座椅 桌椅板凳 休息区 "
    "休息室 休息位 休息桌椅 躺椅 按摩椅 卡座 沙发 沙发椅 休息间 休息场所 rest seats seat chairs chair tables 坐椅",
    "sofa": "沙发 沙发椅 布艺沙发 sofa sofas",
    "air_conditioner": "空调 冷气 空调设备 冷暖空调 中央空调 空调房 airconditioner airconditioning ac",
    "heating": "暖气 取暖 暖风 暖风机 供暖 取暖器 电暖气 电暖器 暖炉 小太阳 地暖 烤火 取暖设备 冷暖空调 heating "
    "heater",
    "toilet": "厕所 卫生间 洗手间 公厕 公共厕所 公共卫生间 如厕 盥洗室 独立卫生间 无障碍卫生间 无障碍厕所 "
    "第三卫生间 厕位 toilet toilets restroom wc",
    "nursing_room": "母婴室 妈咪屋 妈咪小屋 母婴关爱室 哺乳室 哺乳间 女职工关爱室 爱心妈咪屋 爱心妈咪小屋 "
    "爱心母婴室 育婴室 母婴小屋 nursingroom",
    "medicine": "药箱 医药箱 药品 应急药箱 应急药品 应急医药箱 急救箱 急救包 急救药箱 急救药品 急救医药箱 小药箱 "
    "常用药品 常备药品 应急箱 应急包 医疗箱 应急医疗箱 医疗急救箱 应急医疗 创可贴 药品自取墙 防暑药品 "
    "防暑降温药品 藿香正气水 万金油 清凉油 碘伏 医用包 简易药箱 便民药箱 家庭药箱 medicine firstaid firstaidkit",
    "health_check": "血压计 血压仪 量血压 测血压 血压测量 血压检测 血压血糖检测 体重体脂血压 体重秤 体脂秤 "
    "健康检测 健康监测 健康一体机 健康精准检测 日常检测 体检 慢性病监测 体温计 体温枪 额温枪 healthcheck",
    "aed": "aed 除颤仪 除颤器 自动体外除颤器 自动体外除颤仪 体外除颤仪 体外除颤器",
    "socket": "充电 手机充电 插座 插排 充电插座 充电器 手机充电器 充电线 数据线 充电口 充电设备 充电接口 电源 "
    "电源插座 充电区 充电宝 共享充电宝 移动电源 多功能充电器 充电站 手机充电站 socket charging chargers charger "
    "powerbank phonecharging",
    "wifi": "wifi 无线网 无线网络 无线上网 上网 网络 免费wifi 无线 宽带 互联网",
    "books": "图书 书籍 书刊 报刊 报纸 杂志 图书杂志 报刊杂志 书报 图书角 读书角 阅读 阅览 阅读角 书架 报刊架 "
    "报纸书刊 书籍报刊 共享书屋 书屋 职工书屋 阅读室 阅览室 阅读区 读书 图书阅读 智能借阅书柜 books newspapers "
    "magazines",
    "printer": "打印 复印 打印机 复印机 打印复印 复印打印 应急复印打印 应急打印 自助打印机 自助打印 printer "
    "copier",
    "tools": "工具 工具箱 维修工具 简易维修工具 维修工具箱 修车工具 修车工具箱 维修设备箱 扳手 螺丝刀 五金工具 "
    "应急工具 应急工具箱 简易工具 修理工具 便民工具箱 tools toolbox",
    "umbrella": "雨伞 雨衣 雨具 爱心伞 爱心雨伞 备用雨伞 共享雨伞 共享雨衣 便民伞 一次性雨衣 伞 雨披 雨具借用 "
    "umbrella umbrellas raincoat",
    "needle_kit": "针线 针线包 针线盒 缝纫包 缝补包 sewingkit needlekit",
    "tyre_pump": "打气筒 打气 充气筒 充气泵 气筒 打气泵 车胎打气 轮胎充气 电动打气筒 胎压充气 tyrepump pump "
    "tirepump",
    "bike_parking": "停车 停车位 自行车停车 自行车停放 电动车停车 电动车停放 非机动车停车 非机动车停放 车棚 "
    "电动车车棚 非机动车车位 非机动车停车位 停车棚 bikeparking",
    "ebike_charging": "充电桩 电动车充电 电动车充电桩 电瓶车充电 电动自行车充电 电动自行车充电桩 换电柜 换电 "
    "车辆充电 电瓶充电 ebikecharging",
}  # fmt: skip
#: Known, but none of the amenities: kept as a note without a complaint.
OTHERS: Final = (
    "洗衣 洗衣机 免费洗衣 淋浴 淋浴室 洗澡 洗漱 洗漱用品 按摩 折叠床 毛毯 毯子 轮椅 婴儿车 老花镜 花镜 口罩 "
    "应急口罩 纸巾 湿巾 消毒液 洗手液 洗手池 防晒霜 卫生用品 暖贴 暖宝宝 暖手宝 电吹风 吹风机 电视 iptv 电脑 "
    "便利店 简单维修 电动车维修 维修 理发 免费理发 便民理发 义务理发 剪发 法律援助 法律咨询 法律服务 政策咨询 "
    "心理咨询 心理疏导 心理服务 争议调解 劳动争议调解 调解 劳动争议协商 职业介绍 困难帮扶 会员服务 应急救助 "
    "应急物资 防寒物资 防暑物资 避暑 避寒 避雨 纳凉 避风 避暑取暖 避雨取暖 中医服务 中医推拿 口腔义诊 义诊 "
    "开药服务 健康知识普及 职业病防治 饮食干预 心理干预 运动干预 产品服务 智慧屏导航 换衣 更衣 更衣室 储物柜 "
    "存包柜 储物 置物架 镜子 垃圾收集 女性休息室 活动 健身 健身器材 棋牌 志愿服务 招聘 snacks fans 风扇 "
    "电风扇 西瓜 雪糕 意外受伤处置"
)
