"""Writes the export of a made-up river city, 衡洲市 (hengzhou): work orders and device alarms. Fixed seed, standard library only."""
import csv
import math
import random
from datetime import datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
START, END = datetime(2025, 9, 22), datetime(2026, 11, 23, 8, 30)
R = random.Random(20261123)
DAY = [2, 1, 1, 1, 1, 2, 5, 10, 15, 17, 15, 12, 8, 8, 12, 15, 14, 12, 9, 9, 8, 6, 4, 3]
NIGHT = [11, 8, 5, 3, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 3, 4, 4, 6, 9, 14, 19, 22, 21, 16]
RUSH = [1, 1, 1, 1, 1, 2, 6, 19, 17, 9, 7, 8, 9, 7, 7, 8, 11, 18, 16, 9, 7, 5, 3, 2]
AREAS = {
    "雁洲区": {"河街街道": ["河街社区", "码头社区", "盐仓社区"], "鼓楼街道": ["鼓楼社区", "府前社区"], "雁塔街道": ["雁塔社区", "书院坪社区"], "清泉街道": ["清泉社区", "北正街社区"]},
    "莲塘区": {"莲塘街道": ["莲塘社区", "荷花池社区"], "站前街道": ["站前社区", "铁路新村社区"], "白沙街道": ["白沙社区", "白沙洲社区"]},
    "江左区": {"桐洲街道": ["桐洲社区", "桐树湾社区"], "江湾街道": ["江湾社区", "渡口社区"], "纺城街道": ["一纺社区", "二纺社区", "染织社区"]},
    "云麓区": {"云麓镇": ["云麓村", "杉木村"], "竹溪镇": ["竹溪村", "双桥村"], "石塘镇": ["石塘村", "大坪村"]},
    "高新区": {"创新街道": ["创新社区", "芯谷社区"], "智谷街道": ["智谷社区", "云栖社区"]},
}
SHARE = {"雁洲区": 33, "莲塘区": 25, "江左区": 20, "云麓区": 9, "高新区": 13}
SLOW = {"雁洲区": 0.9, "莲塘区": 1.15, "江左区": 1.0, "云麓区": 1.65, "高新区": 0.75}
CENTRE = {"雁洲区": (26.894, 112.613), "莲塘区": (26.861, 112.627), "江左区": (26.902, 112.571), "云麓区": (26.975, 112.522), "高新区": (26.842, 112.689)}
KINDS = {  # second level: first level, weight, limit (hours), usual (hours), department, hours, device
    "垃圾外溢": ("环境卫生", 13, 8, 4.8, "环卫作业公司", DAY, ("满溢探测器", "桶满告警")),
    "路面污渍": ("环境卫生", 6, 6, 3.6, "环卫作业公司", DAY, None),
    "公厕异味": ("环境卫生", 3, 12, 6, "环卫作业公司", DAY, None),
    "渣土撒落": ("环境卫生", 5, 6, 4.3, "环卫作业公司", NIGHT, ("卡口摄像", "渣土车告警")),
    "河面漂浮物": ("环境卫生", 3, 24, 17, "环卫作业公司", DAY, None),
    "路面坑槽": ("设施维护", 8, 96, 78, "市政养护所", DAY, None),
    "井盖缺损": ("设施维护", 4, 12, 7, "市政养护所", DAY, ("井盖感知器", "井盖开启")),
    "路灯熄灭": ("设施维护", 6, 48, 30, "市政养护所", NIGHT, ("路灯控制箱", "断电告警")),
    "雨天积水": ("设施维护", 4, 8, 5.5, "市政养护所", DAY, ("水位计", "水位告警")),
    "护栏破损": ("设施维护", 2.5, 72, 45, "市政养护所", DAY, None),
    "信号灯故障": ("设施维护", 2, 6, 3, "市政养护所", RUSH, None),
    "占道摆卖": ("街面秩序", 11, 4, 2.4, "城管综合队", NIGHT, ("路口摄像", "占道识别")),
    "跨门经营": ("街面秩序", 7, 6, 3.4, "城管综合队", DAY, ("路口摄像", "占道识别")),
    "机动车违停": ("街面秩序", 12, 5, 3.1, "城管综合队", RUSH, ("路口摄像", "违停识别")),
    "单车乱放": ("街面秩序", 5, 8, 4.5, "城管综合队", RUSH, None),
    "小广告": ("街面秩序", 6, 24, 12, "城管综合队", DAY, None),
    "枝叶遮挡": ("园林绿化", 3, 72, 50, "园林养护中心", DAY, None),
    "黄土裸露": ("园林绿化", 1.6, 168, 120, "园林养护中心", DAY, None),
    "树木倒伏": ("园林绿化", 1.4, 12, 6, "园林养护中心", DAY, None),
    "广场舞噪声": ("扰民污染", 5, 6, 3.8, "生态监察队", NIGHT, ("噪声仪", "噪声超限")),
    "夜间施工": ("扰民污染", 5, 8, 6, "生态监察队", NIGHT, ("噪声仪", "噪声超限")),
    "烧烤油烟": ("扰民污染", 4, 48, 40, "生态监察队", NIGHT, None),
    "工地扬尘": ("扰民污染", 3.5, 24, 17, "生态监察队", DAY, ("扬尘仪", "颗粒物超标")),
    "私搭棚屋": ("违规建设", 2.2, 168, 160, "规划执法队", DAY, None),
    "楼顶加建": ("违规建设", 1.3, 240, 235, "规划执法队", DAY, None),
}
GROUPS = {
    "环卫作业公司": ["清扫一组", "清扫二组", "清运组", "水面保洁组"], "市政养护所": ["道路组", "照明组", "排水组"], "城管综合队": ["综合一组", "综合二组", "综合三组", "机动组"],
    "园林养护中心": ["修剪组", "补植组"], "生态监察队": ["噪声组", "大气组"], "规划执法队": ["控违组", "拆违组"], "热线调度科": ["值守组"],
}
SOURCES = [("市民热线", 34), ("网格员巡查", 26), ("衡洲通小程序", 19), ("视频巡检", 13), ("媒体曝光", 2), ("上级督查", 3)]
ROADS = ["解放大道", "河街", "雁塔路", "五四路", "莲塘路", "站前路", "桐洲大道", "纺城一路", "云麓大道", "科创路", "船山巷", "北正街"]
CLASSES = [("主干道", 4), ("次干道", 4), ("支路", 3), ("背街小巷", 3)]
BOOST = {("河面漂浮物", "江左区"): 3, ("渣土撒落", "高新区"): 2.4, ("工地扬尘", "高新区"): 2.6, ("占道摆卖", "莲塘区"): 1.7, ("烧烤油烟", "雁洲区"): 1.8, ("路面坑槽", "云麓区"): 2.6, ("私搭棚屋", "云麓区"): 2.5,
         ("广场舞噪声", "江左区"): 1.7, ("机动车违停", "雁洲区"): 1.4}
SAID = {"市民热线": "来电反映{m}，望尽快处理", "网格员巡查": "巡查发现{m}", "衡洲通小程序": "网友上传照片：{m}", "视频巡检": "视频抓拍{m}", "媒体曝光": "媒体报道{m}", "上级督查": "督查通报{m}，限期整改"}


def pick(pairs):
    return R.choices([p[0] for p in pairs], [p[1] for p in pairs])[0]


def weights(day):
    w = {m: k[1] for m, k in KINDS.items()}
    if day.month in (4, 5, 6, 7):
        w["雨天积水"] *= 2.2
        w["河面漂浮物"] *= 1.6
    if day.month in (6, 7, 8, 9):
        w["烧烤油烟"] *= 1.9
        w["广场舞噪声"] *= 1.7
        w["占道摆卖"] *= 1.3
    if day.month in (11, 12, 1):
        w["路灯熄灭"] *= 1.5
        w["枝叶遮挡"] *= 0.7
    if datetime(2026, 10, 19) <= day:
        w["夜间施工"] *= 2.1
        w["工地扬尘"] *= 1.6
    if datetime(2026, 10, 1) <= day < datetime(2026, 10, 8):
        w["机动车违停"] *= 1.7
    return w


def row(day, kind=None, district=None, street=None, hour=None):
    kind = kind or pick(list(weights(day).items()))
    major, _, limit, usual, office, hours, device = KINDS[kind]
    district = district or pick([(d, n * BOOST.get((kind, d), 1)) for d, n in SHARE.items()])
    streets = list(AREAS[district])
    street = street or R.choices(streets, [5, 4, 3, 2][: len(streets)])[0]
    hour = R.choices(range(24), hours)[0] if hour is None else hour
    t = day + timedelta(hours=hour, minutes=R.randrange(60))
    source = pick(SOURCES)
    while source == "视频巡检" and not device:
        source = pick(SOURCES)
    urgent = R.random() < (0.4 if kind in ("井盖缺损", "雨天积水", "信号灯故障", "树木倒伏") else 0.03)
    watched = (source == "上级督查" and R.random() < 0.6) or R.random() < 0.012
    reg = disp = fix = done = due = None
    redo = late = 0
    rating = ""
    r = t + timedelta(minutes=int(R.expovariate(1 / 25)) + 2)
    fate = R.random()
    if r >= END:
        state = "待确认"
    elif fate < 0.055:
        state = "不予确认"
    elif fate < 0.072:
        state = "作废"
    else:
        reg, due, state = r, r + timedelta(hours=limit), "待派发"
        d = reg + timedelta(minutes=int(R.expovariate(1 / 22)) + 1)
        if R.random() < 0.045:
            late = 1 if R.random() < 0.8 else 2
            due += timedelta(hours=limit * late)
        work = usual * SLOW[district] * R.lognormvariate(-0.42, 0.58) * (1.4 if late else 1)
        if source == "上级督查":
            work *= 0.7
        if R.random() < (0.12 if kind in ("路面坑槽", "占道摆卖") else 0.05):
            redo = R.choice([1, 1, 1, 2])
            work *= 1.5
        if R.random() < 0.018:
            work *= 30
        f = d + timedelta(minutes=int(work * 60) + 3)
        c = f + timedelta(minutes=int(R.expovariate(1 / 45)) + 6)
        if fate < 0.088 and day > datetime(2026, 6, 1):
            state, disp = "挂起", d if d < END else None
        else:
            if d < END:
                disp, state = d, "办理中"
            if f < END:
                fix, state = f, "待复核"
            if c < END and R.random() < 0.997:
                done, state = c, "已归档"
                if R.random() < 0.5:
                    slow = c > due
                    rating = pick([("非常满意", 25 if slow else 58), ("比较满意", 26), ("不太满意", 49 if slow else 14)])
                else:
                    rating = R.choice(["联系不上", ""])
    dept = group = ""
    if disp:
        dept = office if R.random() > 0.04 else "热线调度科"
        group = R.choice(GROUPS[dept])
    lat, lon = CENTRE[district]
    pin = R.random() > 0.1
    return {"t": t, "src": source, "major": major, "kind": kind, "d": district, "s": street, "c": R.choice(AREAS[district][street]) if R.random() > 0.08 else "",
            "place": f"{street}{R.choice(ROADS)}{R.randrange(1, 260)}号{R.choice(['门口', '旁', '对面', '附近'])}", "text": SAID[source].format(m=kind), "reg": reg, "disp": disp, "dept": dept, "group": group,
            "due": due, "fix": fix, "done": done, "state": state, "urg": "加急" if urgent else "", "sup": "是" if watched else "否", "redo": redo, "late": late, "rating": rating,
            "lon": f"{lon + R.gauss(0, 0.013):.5f}" if pin else "", "lat": f"{lat + R.gauss(0, 0.01):.5f}" if pin else "", "cls": pick(CLASSES), "device": device}


rows, day = [], START
while day < END:
    k = (day - START).days
    base = (35 + 5 * math.sin(k / 58) + k / 75) * (0.78 if day.weekday() >= 5 else 1)
    if datetime(2026, 10, 1) <= day < datetime(2026, 10, 8):
        base *= 1.25
    if datetime(2026, 2, 15) <= day < datetime(2026, 2, 23):
        base *= 0.6
    made = [row(day) for _ in range(max(8, int(R.gauss(base, 4))))]
    if day == datetime(2026, 11, 12):
        made += [row(day, "雨天积水", "江左区", R.choice(["江湾街道"] * 3 + ["桐洲街道"]), R.choice([15, 16, 17, 18])) for _ in range(34)]
    if day == datetime(2026, 11, 18):
        made += [row(day, "井盖缺损", "莲塘区", "站前街道", R.choice([7, 8, 9])) for _ in range(16)]
    if day == datetime(2026, 11, 22):
        made += [row(day, "夜间施工", "高新区", R.choice(["智谷街道"] * 3 + ["创新街道"]), R.choice([22, 23, 23])) for _ in range(14)]
    if day == datetime(2026, 11, 23):
        made += [row(day, "夜间施工", "高新区", "智谷街道", R.choice([0, 1])) for _ in range(9)]
    if day == datetime(2026, 7, 14):
        made += [row(day, "树木倒伏", None, None, R.choice([2, 3, 4, 5])) for _ in range(40)]
    made = sorted((r for r in made if r["t"] < END), key=lambda r: r["t"])
    for i, r in enumerate(made):
        r["no"] = f"HZ{day:%Y%m%d}{i + 1:04d}"
    rows += made
    day += timedelta(days=1)

HEAD = ["工单编码", "登记时刻", "渠道", "一级事由", "二级事由", "辖区", "街镇", "社区村", "事发地点", "诉求摘要", "确认时刻", "派发时刻", "承办部门", "办理小组", "限办时刻", "办毕时刻", "归档时刻", "流转状态", "加急", "领导督办",
        "返办次数", "延时次数", "回访评价", "经度", "纬度", "道路等级"]
KEYS = ["no", "t", "src", "major", "kind", "d", "s", "c", "place", "text", "reg", "disp", "dept", "group", "due", "fix", "done", "state", "urg", "sup", "redo", "late", "rating", "lon", "lat", "cls"]
lines = [[r[k].strftime("%Y-%m-%d %H:%M") if isinstance(r[k], datetime) else "" if r[k] is None else r[k] for k in KEYS] for r in rows]
feb = [i for i, r in enumerate(rows) if datetime(2026, 2, 3) <= r["t"] < datetime(2026, 2, 6) and r["done"] and r["done"] < datetime(2026, 2, 14)]
R.shuffle(feb)
lines += [list(lines[i]) for i in feb[:4]]  # exported twice
lines[feb[4]][0] = ""  # no number
lines[feb[5]][1] = "不详"
for i in feb[6:9]:
    lines[i][5] = f"{lines[i][5]} "
with (HERE / "hengzhou_orders.csv").open("w", encoding="gb18030", newline="") as out:
    csv.writer(out).writerows([HEAD, *lines])

auto = [r for r in rows if r["src"] == "视频巡检" and r["device"]]
R.shuffle(auto)
alarms = []
for r in auto[:800]:
    device, kind = r["device"]
    alarms.append((r["t"] - timedelta(minutes=R.randrange(1, 25), seconds=R.randrange(60)), kind, device, r["d"], r["s"], "否", r["no"]))
devices = sorted({k[6] for k in KINDS.values() if k[6]})
for i in range(1300):
    t = START + timedelta(minutes=R.randrange(int((END - START).total_seconds() // 60)), seconds=R.randrange(60))
    if R.random() < 0.15:
        t = END - timedelta(minutes=R.randrange(5, 60 * 24 * 30), seconds=R.randrange(60))
    device, kind = R.choice(devices)
    d = pick(list(SHARE.items()))
    s = R.choice(list(AREAS[d]))
    alarms.append((t, kind, device, d, s, "是" if R.random() < (0.55 if kind == "占道识别" else 0.3) else "否", ""))
alarms.sort()
with (HERE / "hengzhou_alarms.csv").open("w", encoding="utf-8-sig", newline="") as out:
    w = csv.writer(out)
    w.writerow(["报警编号", "触发时刻", "恢复时刻", "报警内容", "感知设备", "设备编码", "等级", "辖区", "街镇", "误报", "对应工单"])
    for i, (t, kind, device, d, s, false, no) in enumerate(alarms):
        back = t + timedelta(minutes=R.randrange(4, 500))
        w.writerow([f"BJ{i + 1:06d}", f"{t:%Y-%m-%d %H:%M:%S}", f"{back:%Y-%m-%d %H:%M:%S}" if back < END and R.random() < 0.9 else "", kind, device, f"{device[:2]}{R.randrange(100, 199)}",
                    pick([("一级", 1), ("二级", 3), ("三级", 6)]), d, s, false, no])
print("hengzhou", len(lines), len(alarms))
