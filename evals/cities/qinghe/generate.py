"""Seeded generator of the made-up city of 清河市 (qinghe): cases, alarms, departments, areas."""

import csv, random
from datetime import datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
R = random.Random(20260518)
NOW = datetime(2026, 5, 18, 9, 20)
START = datetime(2025, 3, 17)
AREAS = {
    "清源区": ["清源街道", "五里桥街道", "八一路街道", "鼓楼街道", "文昌街道"],
    "临湖区": ["临湖街道", "十里铺街道", "湖滨街道", "湖东街道", "月牙湖镇"],
    "南屏区": ["南屏镇", "三月街街道", "梅岭街道", "石塘镇", "新桥街道"],
    "高新技术产业开发区": ["创新街道", "科苑街道", "九龙街道", "软件园街道"],
    "东港区": ["东港街道", "港湾街道", "七星街道", "沙洲镇", "新桥镇"],
}
DW = {"清源区": 30, "临湖区": 23, "南屏区": 15, "高新技术产业开发区": 13, "东港区": 19}
CG, SZ, YL, HW, JJ, HB, ZJ = (
    "市城市管理局",
    "市市政工程管理处",
    "市园林绿化中心",
    "市环境卫生管理处",
    "市公安局交通警察支队",
    "市生态环境局",
    "市住房和城乡建设局",
)
CATS = [  # major, minor, kind, dept, unit, weight, limit hours, median hours
    ("环境卫生", "垃圾堆积", "行为类", HW, "环卫清运队", 110, 24, 9),
    ("环境卫生", "垃圾桶满溢", "设施类", HW, "环卫清运队", 55, 12, 5),
    ("环境卫生", "路面脏污", "行为类", HW, "机扫作业队", 50, 12, 4),
    ("环境卫生", "渣土抛撒", "行为类", HW, "机扫作业队", 18, 8, 4),
    ("环境卫生", "乱倒污水", "行为类", HW, "环卫清运队", 14, 24, 12),
    ("市政设施", "井盖问题", "设施类", SZ, "市政抢修队", 38, 24, 14),
    ("市政设施", "路灯不亮", "设施类", SZ, "路灯管理所", 46, 48, 26),
    ("市政设施", "路面坑洼", "设施类", SZ, "市政抢修队", 34, 120, 70),
    ("市政设施", "护栏损坏", "设施类", SZ, "市政抢修队", 15, 72, 40),
    ("市政设施", "积水内涝", "行为类", SZ, "排水所", 16, 12, 6),
    ("市政设施", "公厕问题", "设施类", HW, "公厕管理站", 12, 48, 20),
    ("街面秩序", "占道摆摊", "行为类", CG, "城管执法一大队", 120, 8, 3),
    ("街面秩序", "店外摆放", "行为类", CG, "城管执法一大队", 70, 8, 3),
    ("街面秩序", "小广告", "行为类", CG, "城管执法二大队", 80, 24, 10),
    ("街面秩序", "乱停车", "行为类", JJ, "交警二中队", 85, 8, 4),
    ("街面秩序", "共享单车乱放", "行为类", CG, "城管执法二大队", 48, 12, 6),
    ("园林绿化", "树木倒伏", "设施类", YL, "绿化养护队", 14, 24, 10),
    ("园林绿化", "绿地破坏", "行为类", YL, "绿化养护队", 18, 72, 40),
    ("园林绿化", "行道树缺株", "设施类", YL, "绿化养护队", 9, 168, 110),
    ("施工工地", "夜间施工", "行为类", ZJ, "工地监管科", 26, 6, 4),
    ("施工工地", "工地扬尘", "行为类", ZJ, "工地监管科", 22, 24, 15),
    ("施工工地", "围挡破损", "设施类", ZJ, "工地监管科", 11, 72, 40),
    ("噪音油烟", "噪音投诉", "行为类", HB, "环境监察支队", 62, 12, 7),
    ("噪音油烟", "油烟扰民", "行为类", HB, "环境监察支队", 30, 72, 45),
    ("噪音油烟", "露天烧烤", "行为类", CG, "城管执法一大队", 22, 6, 3),
    ("违建广告", "违章搭建", "行为类", CG, "违建治理科", 24, 240, 190),
    ("违建广告", "破旧广告牌", "设施类", CG, "违建治理科", 12, 120, 80),
    ("违建广告", "横幅乱挂", "行为类", CG, "城管执法二大队", 16, 24, 12),
]
SOURCES = [
    ("网格员巡查", 46),
    ("12345政务热线", 24),
    ("市民随手拍", 14),
    ("智能视频识别", 10),
    ("部门移交", 4),
    ("领导交办", 2),
]
DAYH = [1, 1, 0.6, 0.5, 0.5, 0.8, 2, 5, 10, 12, 11, 8, 5, 6, 10, 11, 10, 8, 6, 5, 5, 4, 3, 2]
NIGHTH = [5, 3, 2, 1, 1, 1, 2, 4, 5, 5, 5, 5, 6, 5, 5, 5, 6, 8, 10, 13, 15, 16, 14, 10]
f = lambda t: f"{t.year}/{t.month}/{t.day} {t:%H:%M:%S}" if t else ""


def pick(pairs):
    return R.choices([p[0] for p in pairs], [p[1] for p in pairs])[0]


def main():
    streets = {d: [(s, R.uniform(0.4, 2)) for s in ss] for d, ss in AREAS.items()}
    comm = {s: [f"{s.rstrip('街道镇')}{w}社区" for w in ("东", "西", "北苑")] for ss in AREAS.values() for s in ss}
    rows, days, seq = [], (NOW.date() - START.date()).days, {}
    for i in range(days + 1):
        day = START + timedelta(days=i)
        n = int(
            R.gauss(98, 9) * (1.0 + 0.12 * (day.weekday() < 5) - 0.14 * (day.weekday() == 6)) * (0.8 + 0.4 * i / days)
        )
        n = int(
            n
            * (0.45 if datetime(2026, 2, 15) <= day <= datetime(2026, 2, 21) else 1)
            * (1.6 if day in (datetime(2025, 7, 22), datetime(2026, 5, 13)) else 1)
        )
        for _ in range(n):
            w = [
                c[5]
                * (3 if c[1] == "积水内涝" and 6 <= day.month <= 8 else 1)
                * (2.2 if c[1] in ("露天烧烤", "噪音投诉") and 5 <= day.month <= 9 else 1)
                for c in CATS
            ]
            major, minor, kind, dept, unit, _w, limit, med = R.choices(CATS, w)[0]
            h = R.choices(range(24), NIGHTH if minor in ("噪音投诉", "夜间施工", "露天烧烤", "占道摆摊") else DAYH)[0]
            rep = day + timedelta(hours=h, minutes=R.randrange(60), seconds=R.randrange(60))
            if rep >= NOW - timedelta(minutes=1):
                continue
            d = pick(list(DW.items()))
            if minor == "共享单车乱放" and R.random() < 0.5:
                d = "高新技术产业开发区"
            s = pick(streets[d])
            if minor == "占道摆摊" and d == "临湖区" and R.random() < 0.4:
                s = "十里铺街道"
            src = pick(SOURCES)
            if h < 6 and src == "网格员巡查":
                src = R.choice(["12345政务热线", "智能视频识别"])
            x = dict(
                rep=rep,
                d=d,
                s=s,
                c=R.choice(comm[s]) if R.random() > 0.03 else "",
                major=major,
                minor=minor,
                kind=kind,
                dept=dept,
                unit=unit,
                src=src,
            )
            x["acc"] = rep + timedelta(minutes=R.randint(2, 40))
            x["canc"] = R.random() < 0.012
            registered = R.random() > {
                "网格员巡查": 0.03,
                "12345政务热线": 0.14,
                "市民随手拍": 0.22,
                "智能视频识别": 0.18,
            }.get(src, 0.01)
            if x["canc"] and R.random() < 0.7:
                registered = False
            for k in ("reg", "disp", "due", "done", "chk", "clo"):
                x[k] = None
            x.update(
                susp=False,
                urg=R.random() < (0.12 if minor in ("井盖问题", "积水内涝", "树木倒伏") else 0.02),
                sup=R.random() < (0.25 if src == "领导交办" else 0.012),
                ex=R.random() < 0.006,
                rw=0,
                ext=0,
                ret=0,
                pause=0.0,
                sat="",
                st="待受理",
            )
            if registered:
                x["reg"] = x["acc"] + timedelta(minutes=R.randint(3, 60))
                x["disp"] = x["reg"] + timedelta(minutes=R.randint(3, 90))
                x["due"] = x["reg"] + timedelta(hours=limit)
                slow = {"南屏区": 1.25, "高新技术产业开发区": 0.8}.get(d, 1) * (
                    1.5 if dept == SZ and rep >= datetime(2026, 4, 1) else 1
                )
                x["susp"] = R.random() < (0.03 if limit >= 72 else 0.003)
                x["ext"] = R.choice([1, 1, 2]) if R.random() < (0.1 if limit >= 72 else 0.02) else 0
                if x["ext"]:
                    x["due"] += timedelta(hours=limit * 0.5 * x["ext"])
                if R.random() < 0.04:
                    x["pause"] = round(R.uniform(0.5, min(med, 10)) * 0.3, 1)
                x["rw"] = R.choice([1, 1, 1, 2]) if R.random() < (0.09 if dept == ZJ else 0.045) else 0
                x["ret"] = 1 if R.random() < 0.03 else 0
                dur = med * slow * R.lognormvariate(0, 0.62) + x["pause"] + 5 * x["rw"]
                if R.random() < 0.004:
                    dur += R.uniform(300, 3000)
                if x["canc"]:
                    x["clo"] = x["reg"] + timedelta(hours=1)
                elif not (x["susp"] and R.random() < 0.8):
                    x["done"] = x["disp"] + timedelta(hours=dur)
                    x["chk"] = x["done"] + timedelta(minutes=R.randint(10, 100))
                    x["clo"] = x["chk"] + timedelta(minutes=R.randint(5, 60))
            elif not x["canc"]:
                x["st"] = "不予立项" if rep < NOW - timedelta(hours=3) else "待受理"
            for k in ("acc", "reg", "disp", "done", "chk", "clo"):
                if x[k] and x[k] >= NOW - timedelta(minutes=1):
                    x[k] = None
            if not x["reg"]:
                x["due"] = None
            if x["due"] and abs((x["due"] - NOW).total_seconds()) < 300:
                x["due"] = NOW - timedelta(minutes=30)
            if x["reg"]:
                x["st"] = "已归档" if x["clo"] else "待复核" if x["done"] else "办理中" if x["disp"] else "待交办"
            if x["canc"]:
                x["st"] = "已作废"
            elif x["susp"] and not x["clo"]:
                x["st"] = "挂账中"
            if x["clo"] and not x["canc"] and src in ("12345政务热线", "市民随手拍") and R.random() < 0.55:
                late = x["clo"] > x["due"]
                x["sat"] = R.choices(["满意", "较满意", "不满意"], [50, 20, 30] if late else [70, 19, 11])[0]
            rows.append(x)
    rows.sort(key=lambda x: x["rep"])
    b = lambda v, y="是", n="否": y if v else n
    with open(HERE / "工单导出.csv", "w", encoding="gb18030", newline="") as o:
        w = csv.writer(o)
        w.writerow(
            "流水号,当前环节,线索来源,性质,一级分类,二级分类,属地,镇街,村居,具体位置,东经,北纬,内容摘要,牵头单位,具体承办,诉求登记时刻,受理时刻,正式立项时刻,交办时刻,办理时限截止,现场办毕时刻,复核时刻,归档时刻,最后变动,群众评价,挂账标记,作废标记,急办,督办,免责,返工次数,延期次数,退回次数,暂停小时,路段等级".split(
                ","
            )
        )
        for x in rows:
            k = x["rep"].strftime("%Y%m%d")
            seq[k] = seq.get(k, 0) + 1
            x["no"] = f"QH{k}{seq[k]:04d}"
            last = max(t for t in (x["rep"], x["acc"], x["reg"], x["disp"], x["done"], x["chk"], x["clo"]) if t)
            w.writerow(
                [
                    x["no"],
                    x["st"],
                    x["src"],
                    x["kind"],
                    x["major"],
                    x["minor"],
                    x["d"],
                    x["s"],
                    x["c"],
                    f"{x['s'][:2]}路{R.randint(1, 300)}号附近",
                    round(R.uniform(117.1, 117.6), 6),
                    round(R.uniform(33.2, 33.6), 6),
                    f"{x['s']}有{x['minor']}，请处理",
                    x["dept"],
                    x["unit"],
                    f(x["rep"]),
                    f(x["acc"]),
                    f(x["reg"]),
                    f(x["disp"]),
                    f(x["due"]),
                    f(x["done"]),
                    f(x["chk"]),
                    f(x["clo"]),
                    f(last),
                    x["sat"],
                    b(x["susp"], "挂", ""),
                    b(x["canc"], "废", ""),
                    b(x["urg"]),
                    b(x["sup"]),
                    b(x["ex"]),
                    x["rw"],
                    x["ext"],
                    x["ret"],
                    x["pause"],
                    R.choice(["一类路段", "二类路段", "三类路段"]),
                ]
            )
    alarms, T = (
        [],
        [
            ("井盖位移", "井盖传感器", "井盖问题"),
            ("水位超高", "液位计", "积水内涝"),
            ("桶满提醒", "垃圾桶传感器", "垃圾桶满溢"),
            ("噪声超限", "噪声监测仪", "噪音投诉"),
            ("灯杆断电", "路灯控制器", "路灯不亮"),
            ("摊贩聚集", "AI摄像头", "占道摆摊"),
        ],
    )
    bym = {}
    for x in rows:
        if x["src"] == "智能视频识别":
            bym.setdefault((x["d"], x["minor"]), []).append(x)
    used = set()
    for i in range(days + 1):
        for _ in range(R.randint(7, 15)):
            t = START + timedelta(
                days=i, hours=R.choices(range(24), NIGHTH)[0], minutes=R.randrange(60), seconds=R.randrange(60)
            )
            if t >= NOW - timedelta(minutes=1):
                continue
            a, dev, minor = R.choice(T)
            d = pick(list(DW.items()))
            s = pick(streets[d])
            false = R.random() < (0.35 if a == "摊贩聚集" else 0.14)
            link = (
                next(
                    (
                        x["no"]
                        for x in bym.get((d, minor), [])
                        if x["rep"].date() == t.date() and x["rep"] > t and x["no"] not in used
                    ),
                    "",
                )
                if not false
                else ""
            )
            used.add(link)
            alarms.append(
                (
                    t,
                    t + timedelta(minutes=R.randint(5, 400)),
                    a,
                    dev,
                    f"{dev[:2]}-{R.randint(1, 180):04d}",
                    R.choices(["一级", "二级", "三级", "四级"], [6, 18, 40, 36])[0],
                    b(false),
                    link,
                    d,
                    s,
                    R.choice(comm[s]),
                    minor,
                )
            )
    alarms.sort()
    with open(HERE / "感知报警.csv", "w", encoding="utf-8-sig", newline="") as o:
        w = csv.writer(o)
        w.writerow(
            "报警编号,触发时间,恢复时间,报警种类,终端类型,终端编号,紧急程度,误报与否,转办流水号,属地,镇街,村居,对应分类".split(
                ","
            )
        )
        for i, a in enumerate(alarms):
            w.writerow([f"BJ{i + 1:06d}", a[0].isoformat(" "), a[1].isoformat(" ") if a[1] < NOW else "", *a[2:]])
    with open(HERE / "牵头单位.csv", "w", encoding="utf-8", newline="") as o:
        w = csv.writer(o)
        w.writerow(["单位全称", "简称"])
        w.writerows(
            [
                (CG, "城管局;城管"),
                (SZ, "市政处;市政"),
                (YL, "园林中心;园林"),
                (HW, "环卫处;环卫"),
                (JJ, "交警支队;交警"),
                (HB, "环保局;生态环境局"),
                (ZJ, "住建局;住建"),
            ]
        )
    print(len(rows), len(alarms), rows[-1]["rep"])


main()
