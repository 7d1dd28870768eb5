"""Writes two made-up cities: lanyu (澜屿市, zh) and calderwick (a British borough, en). Fixed seeds, standard library only."""
import csv
import math
import random
import sys
from datetime import datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent.parent
START, END = datetime(2025, 9, 23), datetime(2026, 11, 23)
DAYH = [2, 1, 1, 1, 1, 3, 6, 11, 15, 16, 14, 12, 9, 10, 13, 14, 13, 11, 10, 9, 8, 7, 5, 3]
NIGHTH = [10, 7, 4, 3, 2, 2, 2, 3, 4, 4, 4, 4, 5, 4, 4, 4, 5, 6, 9, 13, 17, 19, 20, 16]

LANYU = {
    "seed": 77031, "base": 18.5, "file": "lanyu/lanyu_cases.csv", "afile": "lanyu/lanyu_alarms.csv", "enc": "gb18030", "aenc": "utf-8-sig", "fmt": "%Y/%m/%d %H:%M", "afmt": "%Y-%m-%d %H:%M:%S",
    "areas": {
        "中心片区": {"海晏街道": ["海晏社区", "晏东社区", "钟楼社区"], "望潮街道": ["望潮社区", "潮声社区"], "北门街道": ["北门社区", "校场社区"]},
        "渔港片区": {"渔埠镇": ["埠头村", "网厂社区", "新渔村"], "鳌头镇": ["鳌头村", "上鳌村"], "盐场镇": ["盐场社区", "东团村"]},
        "东岙片区": {"东岙镇": ["东岙村", "岙口村"], "茶亭镇": ["茶亭村", "南坑村"], "松雾乡": ["松雾村", "云顶村"]},
        "离岛片区": {"白鹭岛乡": ["白鹭村", "沙湾村"], "灯塔乡": ["灯塔村"]},
        "临港新城": {"滨海街道": ["滨海社区", "银滩社区"], "科教街道": ["科教社区", "书院社区"]}},
    "weight": {"中心片区": 34, "渔港片区": 22, "东岙片区": 15, "离岛片区": 8, "临港新城": 21},
    "slow": {"中心片区": 0.85, "渔港片区": 1.1, "东岙片区": 1.2, "离岛片区": 1.7, "临港新城": 1.0},
    "centre": {"中心片区": (28.412, 121.402), "渔港片区": (28.366, 121.471), "东岙片区": (28.471, 121.348), "离岛片区": (28.290, 121.612), "临港新城": (28.395, 121.449)},
    "cats": {  # minor: major, weight, limit, usual hours, dept, night, sensor (device, alarm type)
        "垃圾点未清": ("环卫清洁", 14, 10, 6, "城市保洁中心", 0, None), "海滩垃圾": ("环卫清洁", 6, 24, 15, "城市保洁中心", 0, None),
        "道路扬撒": ("环卫清洁", 5, 6, 4, "城市保洁中心", 0, None), "公厕不洁": ("环卫清洁", 3, 12, 6, "城市保洁中心", 0, None),
        "垃圾桶爆满": ("环卫清洁", 7, 8, 5, "城市保洁中心", 0, ("满溢传感器", "桶满预警")),
        "路面破碎": ("市政管养", 8, 96, 70, "市政设施处", 0, None), "窨井盖松动": ("市政管养", 4, 24, 13, "市政设施处", 0, ("井盖传感器", "井盖位移")),
        "路灯失明": ("市政管养", 6, 48, 34, "市政设施处", 1, None), "道路积水": ("市政管养", 5, 12, 9, "市政设施处", 0, ("水位计", "水位超限")),
        "护栏歪斜": ("市政管养", 2, 72, 40, "市政设施处", 0, None),
        "占道设摊": ("街面管理", 10, 4, 2.2, "街面管理大队", 0, ("监控探头", "摊贩识别")), "店铺外摆": ("街面管理", 7, 6, 3.5, "街面管理大队", 0, ("监控探头", "外摆识别")),
        "车辆乱停": ("街面管理", 12, 5, 3.4, "街面管理大队", 0, ("监控探头", "违停识别")), "非机动车乱堆": ("街面管理", 4, 8, 5, "街面管理大队", 0, None),
        "渔网占路": ("渔港秩序", 4, 24, 14, "渔港事务所", 0, None), "渔货污水": ("渔港秩序", 3, 24, 20, "渔港事务所", 0, None),
        "船只乱泊": ("渔港秩序", 2, 12, 9, "渔港事务所", 0, None),
        "树枝遮挡": ("绿化养护", 3, 72, 48, "绿化管护站", 0, None), "绿地踩踏": ("绿化养护", 2, 96, 55, "绿化管护站", 0, None), "倒树": ("绿化养护", 1.5, 12, 7, "绿化管护站", 0, None),
        "夜排档噪音": ("噪音油烟", 6, 6, 4, "噪烟整治办", 1, None), "工地噪音": ("噪音油烟", 5, 12, 8, "噪烟整治办", 1, None),
        "餐馆油烟": ("噪音油烟", 4, 72, 60, "噪烟整治办", 1, ("油烟监测仪", "油烟超标")),
        "屋顶加盖": ("违法建设", 2, 240, 230, "违建查处中队", 0, None), "违章搭棚": ("违法建设", 3, 168, 150, "违建查处中队", 0, None)},
    "crews": {"城市保洁中心": ["保洁东班", "保洁西班", "海滩清理班"], "市政设施处": ["路桥班", "亮灯班", "排水班"], "街面管理大队": ["街管一组", "街管二组", "街管三组"],
              "渔港事务所": ["码头保障组", "港巡组"], "绿化管护站": ["修剪班"], "噪烟整治办": ["夜巡组", "油烟检测组"], "违建查处中队": ["拆违一班", "拆违二班"], "联动调度室": ["应急机动班"]},
    "sources": [("12345热线", 31), ("村社网格上报", 27), ("掌上澜屿App", 19), ("物联感知自动报", 16), ("市领导交办", 4), ("代表委员转来", 3)], "auto": "物联感知自动报", "lead": "市领导交办",
    "stages": dict(new="待核实", rej="不予立件", canc="撤件", wait="待转办", work="在办", susp="暂缓", check="待验收", done="已销件"),
    "rates": ["很满意", "还行", "不满意", "未评"], "yes": ("急", ""), "sup": ("是", "否"), "false": ("是", "否"),
    "roads": ["海晏路", "人民路", "五四路", "渔港大道", "环岛路", "望潮路", "盐场路", "书院街", "钟楼巷", "滨海大道"], "place": "{s}{r}{n}号{x}", "places": ["门口", "旁", "对面", "附近"],
    "text": "市民反映{m}，请尽快处理", "extra": [("东岸线", 2), ("南岸线", 2), ("非岸线", 6)], "pref": "LY", "levels": [("红色", 1), ("橙色", 3), ("黄色", 5), ("蓝色", 6)],
    "misc": "联动调度室", "total": "合计",
}
CALD = {
    "seed": 40961, "base": 17.2, "file": "calderwick/calderwick_cases.csv", "afile": "calderwick/calderwick_alarms.csv", "enc": "utf-8", "aenc": "utf-8", "fmt": "%d/%m/%Y %H:%M", "afmt": "%d/%m/%Y %H:%M:%S",
    "areas": {"Town Centre": {"Minster": [], "Exchange": [], "Canal Basin": []}, "Northgate": {"Northgate Village": [], "Hollins": [], "Racecourse": []},
              "Moorside": {"High Moor": [], "Packhorse": [], "Beacon Edge": []}, "Riverside": {"Weir End": [], "Tannery": [], "Lower Mills": []},
              "Aldery Vale": {"Aldery": [], "Quarry Bank": [], "St Oswald": []}},
    "weight": {"Town Centre": 30, "Northgate": 24, "Moorside": 12, "Riverside": 20, "Aldery Vale": 14},
    "slow": {"Town Centre": 0.85, "Northgate": 1.0, "Moorside": 1.6, "Riverside": 1.1, "Aldery Vale": 1.25},
    "centre": {"Town Centre": (53.712, -1.902), "Northgate": (53.731, -1.893), "Moorside": (53.742, -1.957), "Riverside": (53.699, -1.871), "Aldery Vale": (53.671, -1.921)},
    "cats": {
        "Fly-tipping": ("Waste & Cleansing", 12, 48, 30, "Waste Services", 0, None), "Missed bin": ("Waste & Cleansing", 11, 48, 26, "Waste Services", 0, None),
        "Overflowing litter bin": ("Waste & Cleansing", 7, 12, 7, "Waste Services", 0, ("Bin sensor", "Bin full")), "Dog fouling": ("Waste & Cleansing", 4, 48, 24, "Waste Services", 0, None),
        "Littering": ("Waste & Cleansing", 5, 24, 13, "Waste Services", 0, None), "Dead animal": ("Waste & Cleansing", 2, 12, 6, "Waste Services", 0, None),
        "Pothole": ("Highways", 12, 120, 95, "Highways Operations", 0, None), "Blocked gully": ("Highways", 6, 48, 34, "Highways Operations", 0, ("Gully level sensor", "High water level")),
        "Broken paving": ("Highways", 4, 168, 120, "Highways Operations", 0, None), "Faded road markings": ("Highways", 2, 336, 280, "Highways Operations", 0, None),
        "Damaged sign": ("Highways", 2, 168, 90, "Highways Operations", 0, None),
        "Lamp out": ("Street Lighting", 8, 72, 50, "Lighting & Signals", 1, ("Lighting controller", "Lamp failure")), "Day burner": ("Street Lighting", 3, 96, 60, "Lighting & Signals", 0, ("Lighting controller", "Lamp on by day")),
        "Knocked-down column": ("Street Lighting", 1, 12, 7, "Lighting & Signals", 0, None),
        "Overhanging branches": ("Parks & Trees", 4, 168, 110, "Parks & Open Spaces", 0, None), "Uncut grass": ("Parks & Trees", 3, 120, 70, "Parks & Open Spaces", 0, None),
        "Fallen tree": ("Parks & Trees", 1.6, 12, 6, "Parks & Open Spaces", 0, None), "Broken play equipment": ("Parks & Trees", 1.5, 72, 40, "Parks & Open Spaces", 0, None),
        "Noise nuisance": ("Environmental Health", 7, 24, 17, "Public Protection", 1, ("Noise meter", "Noise over limit")), "Rats": ("Environmental Health", 4, 96, 60, "Public Protection", 0, None),
        "Bonfire smoke": ("Environmental Health", 3, 12, 7, "Public Protection", 1, None),
        "Abandoned vehicle": ("Enforcement", 4, 168, 150, "Civil Enforcement", 0, None), "Graffiti": ("Enforcement", 3, 72, 40, "Civil Enforcement", 0, None),
        "Illegal parking": ("Enforcement", 8, 8, 4.5, "Civil Enforcement", 0, ("CCTV", "Parking detected")), "Unlicensed skip": ("Enforcement", 1.5, 48, 30, "Civil Enforcement", 0, None)},
    "crews": {"Waste Services": ["North Depot", "South Depot", "Mechanical Sweepers"], "Highways Operations": ["Patching Gang", "Drainage Gang", "Lines and Signs"],
              "Lighting & Signals": ["Column Crew", "Night Scouts"], "Parks & Open Spaces": ["Tree Squad", "Mowing Team"], "Public Protection": ["Nuisance Team", "Pest Control"],
              "Civil Enforcement": ["Kerbside Wardens", "Vehicle Removals"], "Duty Desk": ["Duty Responders"]},
    "sources": [("Contact centre", 32), ("Web form", 29), ("ReportIt app", 20), ("Sensor feed", 16), ("Ward councillor", 5), ("Neighbourhood warden", 8)], "auto": "Sensor feed", "lead": "Ward councillor",
    "stages": dict(new="Awaiting triage", rej="Not for us", canc="Withdrawn", wait="Awaiting instruction", work="With gang", susp="Parked", check="Awaiting inspection", done="Signed off"),
    "rates": ["Pleased", "Fairly pleased", "Unhappy", "No reply"], "yes": ("Yes", "No"), "sup": ("Yes", "No"), "false": ("Yes", "No"),
    "roads": ["Mill Lane", "Station Road", "Church Street", "Minster Yard", "Halifax Road", "Weir Street", "Quarry Road", "Albert Terrace", "Moor Top", "King Street"], "place": "{n} {r}, {s}",
    "places": [""], "text": "Resident reports: {m}", "extra": [("A road", 2), ("B road", 2), ("Unclassified", 5), ("Footway", 2)], "pref": "CB", "levels": [("High", 2), ("Medium", 5), ("Low", 6)],
    "misc": "Duty Desk", "total": None,
}


def pick(R, pairs):
    return R.choices([p[0] for p in pairs], [p[1] for p in pairs])[0]


class Maker:
    def __init__(self, cfg):
        self.c, self.R = cfg, random.Random(cfg["seed"])
        self.zh = cfg["pref"] == "LY"

    def t(self, x):
        return x.strftime(self.c["fmt"]) if x else ""

    def ok(self, x):
        """Never inside the hour that happens twice or never (British clocks)."""
        if not x or self.zh:
            return x
        for day in (datetime(2025, 10, 26), datetime(2026, 10, 25), datetime(2026, 3, 29)):
            if day + timedelta(minutes=50) <= x < day + timedelta(hours=2):
                return x + timedelta(hours=1, minutes=20)
        return x

    def weights(self, day):
        w = {m: c[1] for m, c in self.c["cats"].items()}
        if self.zh:
            if day.month in (6, 7, 8, 9):
                w["海滩垃圾"] *= 1.9
                w["夜排档噪音"] *= 1.8
                w["道路积水"] *= 1.6
            if datetime(2026, 10, 1) <= day < datetime(2026, 10, 8):
                w["海滩垃圾"] *= 3
                w["车辆乱停"] *= 1.6
            if day >= datetime(2026, 10, 25):
                w["工地噪音"] *= 2.4
                w["夜排档噪音"] *= 0.6
            if day.month in (11, 12, 1):
                w["路灯失明"] *= 1.6
        else:
            if day.month in (11, 12, 1, 2):
                w["Pothole"] *= 1.5
                w["Lamp out"] *= 1.6
                w["Uncut grass"] *= 0.2
                w["Blocked gully"] *= 1.4
            if day.month in (5, 6, 7, 8):
                w["Uncut grass"] *= 2.4
                w["Noise nuisance"] *= 1.5
                w["Rats"] *= 1.4
            if datetime(2026, 11, 3) <= day < datetime(2026, 11, 9):
                w["Bonfire smoke"] *= 5
        return w

    def row(self, day, minor=None, district=None, street=None, hour=None):
        R, c, st = self.R, self.c, self.c["stages"]
        minor = minor or pick(R, list(self.weights(day).items()))
        major, _, limit, usual, office, night, sensor = c["cats"][minor]
        boost = {("渔港秩序", "渔港片区"): 9, ("海滩垃圾", "离岛片区"): 4, ("海滩垃圾", "临港新城"): 2, ("工地噪音", "临港新城"): 2.2, ("Pothole", "Moorside"): 1.8, ("Fly-tipping", "Riverside"): 1.8,
                 ("Illegal parking", "Town Centre"): 1.7}
        district = district or pick(R, [(d, w * boost.get((minor, d), 1) * boost.get((major, d), 1)) for d, w in c["weight"].items()])
        streets = list(c["areas"][district])
        street = street or R.choices(streets, [5, 4, 3][: len(streets)])[0]
        comm = R.choice(c["areas"][district][street] or [""])
        if hour is None:
            hour = R.choices(range(24), NIGHTH if night else DAYH)[0]
        t = self.ok(day + timedelta(hours=hour, minutes=R.randrange(60)))
        source = pick(R, c["sources"])
        while source == c["auto"] and not sensor:
            source = pick(R, c["sources"])
        urgent = R.random() < (0.35 if usual < 10 and major in ("市政管养", "Street Lighting", "Parks & Trees") else 0.04)
        sup = (source == c["lead"] and R.random() < 0.55) or R.random() < 0.015
        reg = disp = fix = clo = due = None
        rw = ext = ret = 0
        paused = 0
        rating, stage = "", st["new"]
        fate = R.random()
        r = self.ok(t + timedelta(minutes=int(R.expovariate(1 / 30)) + 2))
        if fate < 0.06:
            stage = st["rej"]
        elif fate < 0.075:
            stage = st["canc"]
            if R.random() < 0.5:
                reg, due = r, r + timedelta(hours=limit)
        else:
            reg, due, stage = r, r + timedelta(hours=limit), st["wait"]
            dd = self.ok(reg + timedelta(minutes=int(R.expovariate(1 / 25)) + 1))
            if R.random() < 0.05:
                ext = 1 if R.random() < 0.75 else 2
                due += timedelta(hours=limit * ext)
            if R.random() < 0.06:
                ret = 1
            work = usual * c["slow"][district] * R.lognormvariate(-0.2, 0.6) * (1.4 if ext else 1)
            if R.random() < 0.06:
                rw = R.choice([1, 1, 1, 2])
                work *= 1.5
            if R.random() < 0.02:
                work *= 35
            if self.zh and R.random() < 0.08:
                paused = round(work * R.uniform(0.1, 0.4), 1)
            f = self.ok(dd + timedelta(minutes=int(work * 60) + 3))
            cl = self.ok(f + timedelta(minutes=int(R.expovariate(1 / 150)) + 10))
            if fate < 0.094 and day > datetime(2026, 5, 1):
                stage, disp, paused = st["susp"], dd if dd < END else None, 0
            else:
                if dd < END:
                    disp, stage = dd, st["work"]
                if f < END:
                    fix, stage = f, st["check"]
                if cl < END and R.random() < 0.996:
                    clo, stage = cl, st["done"]
                    if R.random() < 0.45:
                        late = cl > due
                        rating = pick(R, [(c["rates"][0], 28 if late else 60), (c["rates"][1], 25), (c["rates"][2], 47 if late else 15)])
                    else:
                        rating = R.choice([c["rates"][3], ""])
                if not fix:
                    paused = 0
        if reg and reg >= END:
            reg = due = disp = None
            stage = st["new"]
        due = self.ok(due)
        dept = office if disp else ""
        crew = ""
        if disp:
            if R.random() < 0.05:
                dept = c["misc"]
            crew = R.choice(c["crews"][dept]) if R.random() > 0.03 else ""
        lat, lon = c["centre"][district]
        lat, lon = lat + R.gauss(0, 0.010), lon + R.gauss(0, 0.013)
        place = c["place"].format(s=street, r=R.choice(c["roads"]), n=R.randrange(1, 220), x=R.choice(c["places"]))
        pin = R.random() > 0.12
        od, os_, oc, om, on = district, street, comm, major, minor
        if R.random() < 0.015:
            os_ = oc = ""
            if R.random() < 0.4:
                od = ""
        elif comm and R.random() < 0.1:
            oc = ""
        if R.random() < 0.007:
            om = on = ""
        extra = pick(R, c["extra"])
        if self.zh and minor == "海滩垃圾" and extra == "非岸线":
            extra = R.choice(["东岸线", "南岸线"])
        return {"t": t, "no": "", "src": source, "major": om, "minor": on, "d": od, "s": os_, "c": oc, "place": place, "text": c["text"].format(m=minor), "reg": reg, "disp": disp, "dept": dept,
                "crew": crew, "due": due, "fix": fix, "clo": clo, "stage": stage, "urg": c["yes"][0] if urgent else c["yes"][1], "sup": c["sup"][0] if sup else c["sup"][1], "rw": rw, "ext": ext,
                "ret": ret, "paused": paused or "", "rating": rating, "lon": f"{lon:.5f}" if pin else "", "lat": f"{lat:.5f}" if pin else "", "extra": extra, "sensor": sensor, "rd": district, "rs": street}

    def alarms(self, rows):
        R, c = self.R, self.c
        auto = [r for r in rows if r["src"] == c["auto"]]
        R.shuffle(auto)
        out = []
        for r in auto[:620]:
            dev, typ = r["sensor"]
            out.append([self.ok(r["t"] - timedelta(minutes=R.randrange(2, 30), seconds=R.randrange(60))), typ, dev, r["rd"], r["rs"], False, r["no"]])
        sensors = sorted({x[6] for x in c["cats"].values() if x[6]})
        while len(out) < 1500:
            day = START + timedelta(days=R.randrange((END - START).days))
            if R.random() < 0.15:
                day = END - timedelta(days=R.randrange(1, 30))
            dev, typ = R.choice(sensors)
            d = pick(R, list(c["weight"].items()))
            s = R.choice(list(c["areas"][d]))
            false = len(out) < min(620, len(auto)) + 430
            out.append([self.ok(day + timedelta(hours=R.randrange(24), minutes=R.randrange(60), seconds=R.randrange(60))), typ, dev, d, s, false, ""])
        out.sort(key=lambda a: a[0])
        lines = []
        for i, a in enumerate(out):
            cleared = self.ok(a[0] + timedelta(minutes=R.randrange(5, 600)))
            lines.append([f"{'GJ' if self.zh else 'AL'}{i + 1:05d}", a[0].strftime(c["afmt"]), cleared.strftime(c["afmt"]) if cleared < END and R.random() < 0.9 else "", a[1], a[2],
                          f"{a[2][:2]}-{R.randrange(100, 180)}", pick(R, c["levels"]), a[3], a[4], c["false"][0] if a[5] else c["false"][1], a[6]])
        return lines

    def write(self):
        R, c = self.R, self.c
        rows, day = [], START
        while day < END:
            k = (day - START).days
            base = c["base"] + 3 * math.sin(k / 50) + k / 140
            if day.weekday() >= 5:
                base *= 0.75 if self.zh else 0.6
            if self.zh and datetime(2026, 10, 1) <= day < datetime(2026, 10, 8):
                base *= 1.3
            made = [self.row(day) for _ in range(max(5, int(R.gauss(base, 3))))]
            if self.zh:
                if day == datetime(2026, 11, 17):
                    made += [self.row(day, "道路积水", "渔港片区", R.choice(["渔埠镇"] * 3 + ["盐场镇"]), R.choice([13, 14, 15, 16, 17])) for _ in range(31)]
                if day == datetime(2026, 11, 20):
                    made += [self.row(day, "夜排档噪音", "临港新城", "滨海街道", R.choice([22, 23])) for _ in range(13)]
                if day == datetime(2026, 11, 21):
                    made += [self.row(day, "夜排档噪音", "临港新城", "滨海街道", R.choice([0, 1])) for _ in range(7)]
            else:
                if day == datetime(2026, 11, 19):
                    made += [self.row(day, "Blocked gully", "Riverside", R.choice(["Weir End"] * 3 + ["Lower Mills"]), R.choice([6, 7, 8, 9, 10])) for _ in range(28)]
                if day == datetime(2026, 11, 21):
                    made += [self.row(day, "Noise nuisance", "Town Centre", "Canal Basin", R.choice([22, 23])) for _ in range(12)]
                if day == datetime(2026, 11, 22):
                    made += [self.row(day, "Noise nuisance", "Town Centre", "Canal Basin", R.choice([0, 1, 2])) for _ in range(8)]
            made.sort(key=lambda r: r["t"])
            for i, r in enumerate(made):
                r["no"] = f"LY{day:%y%m%d}{i + 1:03d}" if self.zh else f"CB-{day:%y%m%d}-{i + 1:03d}"
            rows += made
            day += timedelta(days=1)
        if self.zh:
            head = ["受理单号", "来件时间", "来件途径", "问题类别", "问题子类", "管理片区", "所在镇街", "所在村社", "点位描述", "反映内容", "立件时间", "转办时间", "主责单位", "经办班组", "应办结时间", "处理完时间",
                    "销件时间", "当前状态", "特急", "挂牌督办", "重办次数", "延办次数", "退单次数", "停表小时", "评价结果", "经度", "纬度", "岸线段"]
            keys = ["no", "t", "src", "major", "minor", "d", "s", "c", "place", "text", "reg", "disp", "dept", "crew", "due", "fix", "clo", "stage", "urg", "sup", "rw", "ext", "ret", "paused", "rating", "lon", "lat",
                    "extra"]
            ahead = ["告警编号", "发现时间", "解除时间", "告警事由", "设备种类", "设备号", "告警级别", "管理片区", "所在镇街", "是否误报", "关联单号"]
        else:
            head = ["Job ref", "Logged", "Contact route", "Service area", "Fault type", "Locality", "Ward", "Location", "Notes", "Validated", "Instructed", "Directorate", "Gang", "Target", "Works done", "Signed off",
                    "Progress", "Emergency", "Member enquiry", "Recalls", "Time extensions", "Knock-backs", "Feedback", "Long", "Lat", "Road class"]
            keys = ["no", "t", "src", "major", "minor", "d", "s", "place", "text", "reg", "disp", "dept", "crew", "due", "fix", "clo", "stage", "urg", "sup", "rw", "ext", "ret", "rating", "lon", "lat", "extra"]
            ahead = ["Alert ID", "Raised", "Cleared", "Alert kind", "Sensor kind", "Sensor no", "Severity", "Locality", "Ward", "False alarm", "Linked job"]
        lines = [[self.t(r[k]) if isinstance(r[k], datetime) or (r[k] is None) else r[k] for k in keys] for r in rows]
        # A few dirty lines, all of March 2026: exported twice, no number, a time that is a word, blanks around the area, a time that does not exist.
        mar = [i for i, r in enumerate(rows) if r["t"].strftime("%Y%m%d") in ("20260310", "20260311", "20260312") and r["clo"] and r["clo"] < datetime(2026, 3, 25)]
        R.shuffle(mar)
        lines += [list(lines[i]) for i in mar[:3]]
        lines[mar[3]][0] = ""
        lines[mar[4]][1] = "待补" if self.zh else "tbc"
        lines[mar[5]][1] = "2026/02/30 09:10" if self.zh else "31/02/2026 09:10"
        ai = keys.index("d")
        for i in mar[6:10]:
            lines[i][ai] = f" {lines[i][ai]} "
        if c["total"]:
            lines.append([c["total"], "", f"{len(lines)}件"] + [""] * (len(head) - 3))
        for file, enc, hd, body in ((c["file"], c["enc"], head, lines), (c["afile"], c["aenc"], ahead, self.alarms(rows))):
            with (HERE / file).open("w", encoding=enc, newline="") as out:
                w = csv.writer(out)
                w.writerow(hd)
                w.writerows(body)
            print(file, len(body))


for name in sys.argv[1:] or ["lanyu"]:
    Maker({"lanyu": LANYU, "calderwick": CALD}[name]).write()
