"""Seeded generator of the made-up city of Port Haven: 311 requests, UTC timestamps."""

import csv, random
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
R = random.Random(311)
TZ = ZoneInfo("America/Chicago")
NOW = datetime(2026, 3, 12, 16, 40, tzinfo=TZ).astimezone(timezone.utc)
START = datetime(2025, 2, 10)
B = {
    "Harborside": ["Harborside Village", "Ferry Landing", "Dockyard", "Lighthouse Point"],
    "Northgate": ["Northgate Center", "Maple Heights", "University Park", "St. Mary's"],
    "Old Quarter": ["Market Square", "Old Quarter South", "Cathedral Hill", "Printers Row"],
    "West Bluff": ["Bluffview", "West End", "May Hill", "Sunset Ridge"],
    "Cedar Flats": ["Cedar Flats East", "Mill Creek", "Third Ward", "Rail Yards"],
}
BW = {"Harborside": 24, "Northgate": 27, "Old Quarter": 20, "West Bluff": 12, "Cedar Flats": 17}
T = [  # group, type, agency, weight, target days (None: none), median days
    ("Sanitation", "Missed Trash Pickup", "DSS", 100, 3, 1.6),
    ("Sanitation", "Missed Recycling Pickup", "DSS", 45, 3, 1.7),
    ("Sanitation", "Bulk Item Pickup", "DSS", 70, 10, 6),
    ("Sanitation", "Illegal Dumping", "DSS", 55, 7, 4.5),
    ("Streets", "Pothole in Street", "PHDOT", 75, 14, 9),
    ("Streets", "Sidewalk Repair", "PHDOT", 30, 90, 75),
    ("Streets", "Sign Repair", "PHDOT", 22, 21, 12),
    ("Streets", "Abandoned Vehicle", "PHPD", 60, 15, 11),
    ("Lighting & Signals", "Street Light Out", "PHDOT", 80, 7, 5),
    ("Lighting & Signals", "Traffic Signal Out", "PHDOT", 18, 1, 0.4),
    ("Animals", "Stray Animal", "ACC", 25, 2, 0.8),
    ("Animals", "Dead Animal Pick-Up", "ACC", 30, 2, 0.9),
    ("Animals", "Rodent Baiting", "DSS", 70, 10, 7),
    ("Water & Sewer", "Water Main Leak", "DWM", 20, 2, 1.1),
    ("Water & Sewer", "Sewer Backup", "DWM", 28, 1, 0.7),
    ("Water & Sewer", "Fire Hydrant Open", "DWM", 9, 1, 0.3),
    ("Housing & Buildings", "No Heat", "DOB", 24, 2, 1.5),
    ("Housing & Buildings", "Building Violation", "DOB", 38, 30, 24),
    ("Quality of Life", "Graffiti Removal", "DSS", 65, 7, 4),
    ("Quality of Life", "Noise - Residential", "PHPD", 60, None, 0.3),
    ("Quality of Life", "Noise - Commercial", "PHPD", 24, None, 0.8),
    ("Trees & Parks", "Tree Debris Clean-Up", "PHPR", 34, 14, 8),
    ("Trees & Parks", "Tree Trim", "PHPR", 30, 60, 45),
    ("Trees & Parks", "Park Maintenance", "PHPR", 16, 14, 7),
    ("Snow & Ice", "Snow - Uncleared Sidewalk", "DSS", 60, 3, 2.2),
]
CH = [("Phone Call", 44), ("Mobile App", 30), ("Web Portal", 17), ("Crew Report", 4), ("Email", 3), ("Walk-In", 2)]
H = [1, 0.7, 0.5, 0.4, 0.5, 1, 3, 6, 10, 12, 12, 11, 10, 10, 9, 9, 8, 7, 5, 4, 4, 3, 2, 1.5]
NH = [12, 10, 6, 3, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 5, 7, 9, 12, 15, 16]
z = lambda t: t.strftime("%Y-%m-%dT%H:%M:%SZ") if t else ""


def pick(p):
    return R.choices([a for a, _ in p], [w for _, w in p])[0]


def main():
    hoods = {b: [(h, R.uniform(0.5, 2)) for h in hs] for b, hs in B.items()}
    rows, day = [], START
    while day.date() <= NOW.astimezone(TZ).date():
        i = (day - START).days
        m = day.month
        n = int(
            R.gauss(80, 8)
            * (1.12 if day.weekday() < 5 else 0.68)
            * (0.85 + 0.25 * i / 396)
            * (1.7 if day.date().isoformat() in ("2025-08-18", "2026-02-03", "2026-03-04") else 1)
        )
        for _ in range(n):
            w = [
                x[3]
                * (
                    (m in (12, 1, 2)) * 1.4
                    if x[0] == "Snow & Ice"
                    else (2.2 if m in (11, 12, 1, 2, 3) else 0.15)
                    if x[1] == "No Heat"
                    else (1.9 if m in (2, 3, 4) else 1)
                    if x[1].startswith("Pothole")
                    else (1.6 if 6 <= m <= 9 else 0.6)
                    if x[1] in ("Rodent Baiting", "Noise - Residential", "Fire Hydrant Open")
                    else 1
                )
                for x in T
            ]
            g, t, ag, _w, target, med = R.choices(T, w)[0]
            loc = (
                day
                + timedelta(
                    hours=R.choices(range(24), NH if t.startswith("Noise") else H)[0],
                    minutes=R.randrange(60),
                    seconds=R.randrange(60),
                )
            ).replace(tzinfo=TZ)
            c = loc.astimezone(timezone.utc)
            if c >= NOW - timedelta(minutes=1):
                continue
            b = pick(list(BW.items()))
            h = pick(hoods[b])
            ch = pick(CH)
            if t == "Abandoned Vehicle" and R.random() < 0.3:
                b, h = "Cedar Flats", "Rail Yards"
            due = c + timedelta(days=target) if target and R.random() > 0.01 else None
            dur = (
                med
                * (1.35 if ag == "PHDOT" and c > datetime(2026, 1, 15, tzinfo=timezone.utc) else 1)
                * {"West Bluff": 0.8, "Cedar Flats": 1.2}.get(b, 1)
                * R.lognormvariate(0, 0.6)
            )
            if R.random() < 0.012:
                dur += R.uniform(30, 500)
            clo = c + timedelta(days=dur)
            st = "Completed"
            dup = R.random() < 0.03
            if dup:
                st, clo = "Duplicate", c + timedelta(hours=R.uniform(1, 30))
            elif R.random() < 0.05:
                st = "No Action Needed"
            if clo >= NOW - timedelta(minutes=1):
                clo, st = (
                    None,
                    ("Work Scheduled" if R.random() < 0.35 else "New" if c > NOW - timedelta(days=1) else "Assigned"),
                )
            if due and abs((due - NOW).total_seconds()) < 300:
                due = NOW - timedelta(minutes=40)
            if R.random() < 0.02:
                b = h = ""
            elif R.random() < 0.03:
                h = ""
            rows.append([c, t, g, ag, due, clo, st, ch, b, h])
        day += timedelta(days=1)
    rows.sort(key=lambda r: r[0])
    with open(HERE / "sr_export.csv", "w", encoding="utf-8", newline="") as o:
        w = csv.writer(o)
        w.writerow(
            "SR_NUMBER,SR_TYPE,SR_GROUP,OWNER_AGENCY,CREATED_UTC,DUE_UTC,CLOSED_UTC,LAST_MODIFIED_UTC,STATUS,ORIGIN,BOROUGH,NEIGHBORHOOD,STREET_ADDRESS,COUNCIL_WARD,LAT,LON".split(
                ","
            )
        )
        for i, (c, t, g, ag, due, clo, st, ch, b, h) in enumerate(rows):
            w.writerow(
                [
                    f"SR26-{100000 + i * 3:08d}",
                    t,
                    g,
                    ag,
                    z(c),
                    z(due),
                    z(clo),
                    z(clo or c),
                    st,
                    ch,
                    b,
                    h,
                    f"{R.randint(1, 4000)} {R.choice(['Main St', 'Harbor Ave', 'Cedar Blvd', '3rd Ave', 'May St'])}",
                    R.randint(1, 9) if b else "",
                    round(R.uniform(29.2, 29.5), 6),
                    round(R.uniform(-94.9, -94.5), 6),
                ]
            )
    print(len(rows), rows[-1][0])


main()
