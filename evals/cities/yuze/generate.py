"""Write yuze_cases.csv: a made-up Chinese city's export of cases (fixed seed; standard library and numpy-free)."""
import csv
import math
import random
from datetime import datetime, timedelta
from pathlib import Path

R = random.Random(20261123)
START, END = datetime(2025, 9, 23), datetime(2026, 11, 23)
AREAS = {
    "望川区": {"城隍街道": ["城隍庙社区", "文昌社区", "西关社区"], "鼓楼前街道": ["鼓楼社区", "府前社区"],
            "南大街街道": ["南大街社区", "戏楼巷社区"], "北苑街道": ["北苑一社区", "北苑二社区", "铁道社区"]},
    "泽阳区": {"榆树街道": ["榆树社区", "长青社区"], "柳塘街道": ["柳塘社区", "荷香社区"], "东闸镇": ["东闸村", "闸北村"],
            "白马寺街道": ["白马社区", "金井社区"]},
    "石桥区": {"石桥街道": ["桥东社区", "桥西社区"], "机场路街道": ["航站社区", "翔和社区"], "纺织城街道": ["一纱社区", "二纱社区"]},
    "云麓新区": {"科创园街道": ["创新社区", "未来社区"], "云麓街道": ["云麓社区", "山语社区"], "湖滨街道": ["湖滨社区", "鹭岛社区"]},
    "古渡县": {"城关镇": ["东街社区", "西街社区"], "渡口镇": ["上渡村", "下渡村"], "马家坪乡": ["马家坪村"], "黄榆镇": ["黄榆村", "黄榆集村"]},
}
WEIGHT = {"望川区": 31, "泽阳区": 26, "石桥区": 19, "云麓新区": 15, "古渡县": 9}
CENTRE = {"望川区": (33.452, 114.902), "泽阳区": (33.481, 114.961), "石桥区": (33.410, 114.861),
          "云麓新区": (33.528, 114.872), "古渡县": (33.321, 115.064)}
# minor: (major, weight, limit hours, typical hours to do, office)
CATS = {
    "垃圾未清运": ("环卫保洁", 14, 8, 5, "环卫保障科"), "道路不净": ("环卫保洁", 9, 6, 4, "环卫保障科"),
    "公厕脏乱": ("环卫保洁", 3, 24, 12, "环卫保障科"), "大件废弃物堆放": ("环卫保洁", 5, 48, 30, "环卫保障科"),
    "路面坑槽": ("市政道桥", 8, 120, 80, "市政养护科"), "井盖缺损": ("市政道桥", 4, 24, 14, "市政养护科"),
    "路灯熄灭": ("市政道桥", 6, 48, 36, "市政养护科"), "排水不畅": ("市政道桥", 5, 24, 18, "市政养护科"),
    "护栏损毁": ("市政道桥", 2, 72, 40, "市政养护科"),
    "流动摊点": ("市容秩序", 10, 4, 2, "街面执法科"), "出店占道": ("市容秩序", 8, 6, 3, "街面执法科"),
    "违法停车": ("市容秩序", 12, 6, 4, "街面执法科"), "共享单车堆放": ("市容秩序", 5, 8, 5, "街面执法科"),
    "乱贴小广告": ("市容秩序", 4, 24, 12, "街面执法科"),
    "树木倒伏": ("园林绿化", 2, 12, 7, "园林绿化科"), "绿地毁损": ("园林绿化", 3, 96, 60, "园林绿化科"),
    "枯枝断枝": ("园林绿化", 3, 72, 50, "园林绿化科"),
    "施工噪声": ("噪声油烟", 7, 12, 9, "环境监察科"), "广场音响": ("噪声油烟", 4, 6, 4, "环境监察科"),
    "餐饮油烟": ("噪声油烟", 5, 96, 85, "环境监察科"),
    "私搭乱建": ("违建管控", 3, 240, 260, "违建治理科"), "楼道占用": ("违建管控", 2, 72, 60, "违建治理科"),
}
CREWS = {"环卫保障科": ["环卫一队", "环卫二队", "环卫三队"], "市政养护科": ["道桥养护队", "照明维修队", "管网抢修队"],
         "街面执法科": ["执法一中队", "执法二中队", "执法三中队", "执法四中队"], "园林绿化科": ["绿化养护队"],
         "环境监察科": ["噪声监察组", "油烟整治组"], "违建治理科": ["拆违组"], "综合协调科": ["机动组"]}
SOURCES = [("12345热线转来", 34), ("网格员巡查", 30), ("随手报小程序", 19), ("视频巡检", 10), ("领导批办", 4), ("媒体线索", 3)]
HEAD = ["事项编号", "接报时刻", "受理途径", "诉求门类", "诉求分类", "属地", "镇街", "村居", "事发地点", "诉求内容", "立案时刻", "派单时刻", "承办科室",
        "经办队组", "办结时限", "办毕时刻", "归档时刻", "办理环节", "是否加急", "督办标记", "返工次数", "展期次数", "回访评价", "经度", "纬度"]
DAY = [2, 1, 1, 1, 1, 2, 5, 10, 15, 16, 15, 13, 9, 9, 12, 13, 13, 12, 10, 10, 9, 7, 6, 4]
NIGHTLY = [9, 6, 4, 3, 2, 2, 3, 4, 5, 5, 5, 5, 5, 4, 5, 5, 5, 6, 8, 12, 16, 18, 18, 14]
ROADS = ["人民路", "五一路", "三八路", "榆中街", "府前街", "机场路", "纱厂路", "望江路", "环湖路", "古渡大道", "十月街", "学府路"]


def pick(pairs):
    return R.choices([p[0] for p in pairs], [p[1] for p in pairs])[0]


def fmt(t):
    return t.strftime("%Y-%m-%d %H:%M:%S") if t else ""


def daily(day):
    """How many cases a day brings."""
    base = 20 + 4 * math.sin((day - START).days / 58) + (day - START).days / 120
    if day.weekday() >= 5:
        base *= 0.78
    return max(6, int(R.gauss(base, 3.2)))


def row(day, n, minor=None, district=None, hour=None):
    weights = {m: c[1] for m, c in CATS.items()}
    if day >= datetime(2026, 10, 20):
        weights["施工噪声"] *= 2.1
        weights["广场音响"] *= 0.4
    if day.month in (6, 7, 8):
        weights["排水不畅"] *= 2
        weights["餐饮油烟"] *= 1.6
        weights["广场音响"] *= 1.7
    if day.month in (11, 12, 1):
        weights["枯枝断枝"] *= 2.2
        weights["路灯熄灭"] *= 1.5
    minor = minor or pick(list(weights.items()))
    major, _, limit, usual, office = CATS[minor]
    district = district or pick([(d, w * (1.6 if (d == "云麓新区" and minor == "施工噪声") or (d == "望川区" and minor in ("违法停车", "流动摊点")) else 1))
                                 for d, w in WEIGHT.items()])
    street = R.choices(list(AREAS[district]), [5, 4, 3, 2][: len(AREAS[district])])[0]
    community = R.choice(AREAS[district][street])
    if hour is None:
        hour = R.choices(range(24), NIGHTLY if minor in ("施工噪声", "广场音响", "餐饮油烟") else DAY)[0]
    t = day + timedelta(hours=hour, minutes=R.randrange(60), seconds=R.randrange(60))
    source = pick(SOURCES)
    urgent = R.random() < (0.3 if minor in ("井盖缺损", "树木倒伏") else 0.04)
    supervised = source == "领导批办" and R.random() < 0.6 or R.random() < 0.012
    registered = dispatched = disposed = closed = None
    rework = extended = 0
    rating = ""
    stage = "待受理"
    now = END
    fate = R.random()
    reg = t + timedelta(minutes=R.expovariate(1 / 25) + 2)
    due = None
    if fate < 0.055:
        stage = "不予立案"
    elif fate < 0.068:
        stage = "已撤销"
        if R.random() < 0.5:
            registered = reg
            due = reg + timedelta(hours=limit)
    else:
        registered = reg
        due = registered + timedelta(hours=limit)
        stage = "待派单"
        d = registered + timedelta(minutes=R.expovariate(1 / 18) + 1)
        slow = {"云麓新区": 1.25, "古渡县": 1.5, "石桥区": 1.1}.get(district, 0.9)
        if minor == "施工噪声" and day >= datetime(2026, 10, 20):
            slow *= 1.3
        if R.random() < 0.04:
            extended = 1 if R.random() < 0.8 else 2
        work = usual * slow * R.lognormvariate(-0.25, 0.55)
        if R.random() < 0.05:
            rework = R.choice([1, 1, 1, 2])
            work *= 1.5
        if extended:
            due += timedelta(hours=limit * extended)
            work *= 1.4
        if R.random() < 0.018:
            work *= 40
        f = d + timedelta(hours=work)
        c = f + timedelta(hours=R.expovariate(1 / 2.5) + 0.2)
        if fate < 0.082 and day > datetime(2026, 6, 1):
            stage = "挂起"
            dispatched = d
        else:
            if d < now:
                dispatched, stage = d, "办理中"
            if f < now:
                disposed, stage = f, "办毕待核"
            if c < now and R.random() < 0.995:
                closed, stage = c, "已归档"
                if R.random() < 0.42:
                    late = c > due
                    rating = pick([("满意", 30 if late else 62), ("基本满意", 25), ("不满意", 45 if late else 13)])
                else:
                    rating = R.choice(["未回访", ""])
    if registered and registered >= now:
        registered = due = None
        stage, dispatched = "待受理", None
    dept = office if dispatched else ""
    crew = ""
    if dispatched:
        if R.random() < 0.05:
            dept = "综合协调科"
        crew = R.choice(CREWS[dept])
        if R.random() < 0.03:
            crew = ""
    lat, lon = CENTRE[district]
    lat, lon = lat + R.gauss(0, 0.012), lon + R.gauss(0, 0.014)
    place = f"{street}{R.choice(ROADS)}{R.randrange(1, 260)}号附近"
    has_pin = R.random() > 0.14
    if R.random() < 0.017:
        street = community = ""
        if R.random() < 0.4:
            district = ""
    elif R.random() < 0.1:
        community = ""
    if R.random() < 0.008:
        major = minor_out = ""
    else:
        minor_out = minor
    return [f"YZ{day:%Y%m%d}-{n:04d}", fmt(t), source, major, minor_out, district, street, community, place, f"反映{minor}问题，请处理",
            fmt(registered), fmt(dispatched), dept, crew, fmt(due), fmt(disposed), fmt(closed), stage, "是" if urgent else "否",
            "√" if supervised else "", rework, extended, rating, f"{lon:.5f}" if has_pin else "", f"{lat:.5f}" if has_pin else ""]


def main():
    rows, day = [], START
    while day < END:
        n = daily(day)
        made = [row(day, i + 1) for i in range(n)]
        if day == datetime(2026, 11, 18):  # a burst pipe and a cloudburst
            made += [row(day, n + i + 1, "排水不畅", R.choice(["泽阳区"] * 4 + ["石桥区"]), R.choice([13, 14, 15, 16])) for i in range(34)]
        if day == datetime(2026, 11, 20):
            made += [row(day, n + i + 1, "施工噪声", "云麓新区", R.choice([22, 23])) for i in range(14)]
        if day == datetime(2026, 11, 21):
            made += [row(day, n + i + 1, "施工噪声", "云麓新区", R.choice([0, 1, 2])) for i in range(9)]
        made.sort(key=lambda r: r[1])
        for i, r in enumerate(made):
            r[0] = f"YZ{day:%Y%m%d}-{i + 1:04d}"
        rows += made
        day += timedelta(days=1)
    # A few dirty rows, all of February 2026.
    feb = [i for i, r in enumerate(rows) if r[1].startswith("2026-02-1") and r[16] and r[16] < "2026-02-25"]
    R.shuffle(feb)
    for i in feb[:3]:
        rows.append(list(rows[i]))  # exported twice
    for i in feb[3:5]:
        rows[i][0] = ""
    rows[feb[5]][1] = "2026-02-30 09:10:00"
    rows[feb[6]][1] = "待补"
    rows[feb[7]][16] = "2026-01-02 08:00:00"  # archived before it was reported
    for i in feb[8:14]:
        rows[i][5] = f" {rows[i][5]}　"
    rows[feb[14]][1] = "2027-02-11 10:22:00"
    rows[feb[15]][23], rows[feb[15]][24] = "0", "0"
    rows[feb[16]][20] = "一次"
    rows.append(["合计", "", "", "", "", "", "", "", "", f"共{len(rows)}件"] + [""] * 15)
    with (Path(__file__).parent / "yuze_cases.csv").open("w", encoding="utf-8-sig", newline="") as out:
        w = csv.writer(out)
        w.writerow(HEAD)
        w.writerows(rows)
    print(len(rows))


main()
