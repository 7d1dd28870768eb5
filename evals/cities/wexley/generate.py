"""Write wexley_tickets.csv: a made-up English-speaking city's export of tickets (fixed seed)."""
import csv
import math
import random
from datetime import datetime, timedelta
from pathlib import Path

R = random.Random(4711)
START, END = datetime(2025, 9, 23), datetime(2026, 11, 23)
AREAS = {
    "Old Quay": ["Lantern Row", "Ropewalk", "Customs Square", "St Brannock"],
    "Northgate": ["Gallow Green", "Upper Pike", "Station End"],
    "Cedar Flats": ["Cedar Flats East", "Cedar Flats West", "Orchard Bend"],
    "Harrow Hill": ["Summit", "Harrow Village", "Quarry Side"],
    "Millrace": ["Weir Lane", "Tannery", "Lower Mill"],
    "Eastmoor": ["Moor End", "Brickfields", "Heron Park"],
}
WEIGHT = {"Old Quay": 27, "Northgate": 21, "Cedar Flats": 18, "Harrow Hill": 11, "Millrace": 14, "Eastmoor": 9}
CENTRE = {"Old Quay": (41.902, -91.402), "Northgate": (41.951, -91.411), "Cedar Flats": (41.921, -91.482),
          "Harrow Hill": (41.968, -91.352), "Millrace": (41.872, -91.434), "Eastmoor": (41.898, -91.312)}
CATS = {  # trade: (group, weight, limit hours, usual hours, bureau)
    "Pothole": ("Roadway", 13, 120, 80, "Public Works Bureau"), "Trip Hazard": ("Roadway", 5, 240, 190, "Public Works Bureau"),
    "Sign Down": ("Roadway", 4, 72, 40, "Public Works Bureau"), "Signal Fault": ("Roadway", 4, 8, 5, "Traffic Bureau"),
    "Streetlight Dark": ("Lighting", 9, 96, 75, "Light & Power Bureau"), "Exposed Wiring": ("Lighting", 1.6, 12, 6, "Light & Power Bureau"),
    "Missed Pickup": ("Refuse", 14, 48, 28, "Sanitation Bureau"), "Fly Tipping": ("Refuse", 8, 72, 50, "Sanitation Bureau"),
    "Overfilled Bin": ("Refuse", 6, 24, 14, "Sanitation Bureau"), "Dead Animal": ("Refuse", 3, 24, 9, "Sanitation Bureau"),
    "Blocked Storm Drain": ("Water & Drains", 5, 48, 30, "Water Bureau"), "Main Leak": ("Water & Drains", 3, 12, 8, "Water Bureau"),
    "Hydrant Damage": ("Water & Drains", 1.6, 24, 15, "Water Bureau"),
    "Fallen Limb": ("Greenery", 4, 48, 24, "Parks Bureau"), "Overgrown Verge": ("Greenery", 4, 240, 200, "Parks Bureau"),
    "Playground Damage": ("Greenery", 2, 120, 70, "Parks Bureau"),
    "Graffiti Tag": ("Nuisance", 6, 120, 90, "Code Bureau"), "Abandoned Car": ("Nuisance", 5, 168, 170, "Code Bureau"),
    "Noise Complaint": ("Nuisance", 7, 6, 3, "Code Bureau"), "Bad Parking": ("Nuisance", 10, 8, 5, "Traffic Bureau"),
}
CREWS = {"Public Works Bureau": ["Asphalt One", "Asphalt Two", "Concrete"], "Traffic Bureau": ["Signals", "Parking Patrol"],
         "Light & Power Bureau": ["Lamp Crew A", "Lamp Crew B"], "Sanitation Bureau": ["Route North", "Route South", "Bulk Haul"],
         "Water Bureau": ["Drain Gang", "Mains Gang"], "Parks Bureau": ["Tree Team", "Grounds Team"],
         "Code Bureau": ["Inspectors East", "Inspectors West", "Night Wardens"]}
SOURCES = [("telephone", 36), ("mobile app", 31), ("web form", 17), ("front counter", 5), ("councillor", 5), ("patrol officer", 6)]
HEAD = ["ticket_ref", "opened_on", "came_in_by", "trade_group", "trade", "precinct", "ward", "place_note", "remarks", "handed_out_on", "bureau",
        "crew", "promised_by", "fixed_on", "closed_out_on", "stage", "rush", "escalated", "redo_count", "grace_count", "caller_verdict", "y_lat", "x_lon"]
DAY = [3, 2, 1, 1, 1, 2, 5, 10, 16, 17, 15, 13, 12, 12, 12, 12, 13, 12, 9, 7, 6, 5, 5, 4]
NIGHTLY = [14, 11, 7, 4, 2, 1, 1, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 5, 6, 8, 11, 16, 20, 19]
ROADS = ["Pike Road", "Lantern Row", "Ferry Street", "Mill Lane", "1st Street", "4th Avenue", "Station Road", "Heron Way", "Quarry Road", "Orchard Lane"]


def pick(pairs):
    return R.choices([p[0] for p in pairs], [p[1] for p in pairs])[0]


def fmt(t):
    return f"{t.month}/{t.day}/{t.year} {t.strftime('%I:%M:%S %p')}" if t else ""


def daily(day):
    base = 18 + 3 * math.cos((day - START).days / 61) + (day - START).days / 150
    base *= {5: 0.7, 6: 0.6, 0: 1.2}.get(day.weekday(), 1)
    return max(4, int(R.gauss(base, 3)))


def row(day, trade=None, precinct=None, hour=None):
    weights = {m: c[1] for m, c in CATS.items()}
    if day.month in (1, 2, 3):
        weights["Pothole"] *= 1.9
    if day.month in (10, 11):
        weights["Blocked Storm Drain"] *= 1.9
        weights["Streetlight Dark"] *= 1.4
    if day.month in (5, 6, 7, 8):
        weights["Overgrown Verge"] *= 2
        weights["Noise Complaint"] *= 1.5
    trade = trade or pick(list(weights.items()))
    group, _, limit, usual, bureau = CATS[trade]
    precinct = precinct or pick([(d, w * (1.8 if (d == "Old Quay" and trade in ("Noise Complaint", "Bad Parking")) or (d == "Millrace" and trade == "Fly Tipping") else 1))
                                 for d, w in WEIGHT.items()])
    quarter = R.choices(AREAS[precinct], [5, 3, 2, 2][: len(AREAS[precinct])])[0]
    if hour is None:
        hour = R.choices(range(24), NIGHTLY if trade == "Noise Complaint" else DAY)[0]
    t = day + timedelta(hours=hour, minutes=R.randrange(60), seconds=R.randrange(60))
    source = pick(SOURCES)
    rush = R.random() < (0.5 if trade in ("Exposed Wiring", "Main Leak") else 0.05)
    escalated = R.random() < (0.35 if source == "councillor" else 0.015)
    out = done = closed = None
    redo = grace = 0
    verdict = ""
    stage = "new"
    due = t + timedelta(hours=limit)
    fate = R.random()
    if fate < 0.022:
        stage = "void"
    else:
        o = t + timedelta(hours=R.expovariate(1 / 1.6) + 0.1)
        slow = {"Eastmoor": 1.5, "Millrace": 1.2, "Harrow Hill": 0.95}.get(precinct, 0.9)
        work = usual * slow * R.lognormvariate(-0.25, 0.6)
        if R.random() < 0.05:
            grace = R.choice([1, 1, 1, 2])
            due += timedelta(hours=limit * grace)
            work *= 1.3
        if R.random() < 0.045:
            redo = R.choice([1, 1, 2])
            work *= 1.5
        if R.random() < 0.02:
            work *= 30
        f = o + timedelta(hours=work)
        c = f + timedelta(hours=R.expovariate(1 / 3) + 0.2)
        if fate < 0.036 and day > datetime(2026, 5, 1):
            stage, out = "parked", o
        else:
            if o < END:
                out, stage = o, "in hand"
            if f < END:
                done, stage = f, "fixed - awaiting check"
            if c < END and R.random() < 0.994:
                closed, stage = c, "closed out"
                if R.random() < 0.33:
                    late = c > due
                    verdict = pick([("happy", 28 if late else 60), ("fairly happy", 26), ("unhappy", 44 if late else 14)])
                elif R.random() < 0.5:
                    verdict = "no reply"
    dept = crew = ""
    if out:
        dept = bureau if R.random() > 0.03 else "Code Bureau"
        crew = R.choice(CREWS[dept]) if R.random() > 0.04 else ""
    lat, lon = CENTRE[precinct]
    lat, lon = lat + R.gauss(0, 0.011), lon + R.gauss(0, 0.014)
    place = f"{R.randrange(2, 980)} {R.choice(ROADS)}"
    pin = R.random() > 0.1
    if R.random() < 0.015:
        quarter = ""
        if R.random() < 0.5:
            precinct = ""
    tr = trade
    if R.random() < 0.006:
        group = tr = ""
    return [t, source, group, tr, precinct, quarter, place, f"caller says: {trade.lower()}", fmt(out), dept, crew, fmt(due), fmt(done), fmt(closed), stage,
            "Y" if rush else "N", "Y" if escalated else "", redo, grace, verdict, f"{lat:.5f}" if pin else "", f"{lon:.5f}" if pin else ""]


def main():
    rows, day = [], START
    while day < END:
        made = [row(day) for _ in range(daily(day))]
        if day == datetime(2026, 11, 17):
            made += [row(day, "Blocked Storm Drain", R.choice(["Millrace"] * 3 + ["Old Quay"]), R.choice([5, 6, 7, 8])) for _ in range(26)]
        if day in (datetime(2026, 11, 20), datetime(2026, 11, 21)):
            made += [row(day, "Noise Complaint", "Old Quay", R.choice([22, 23, 0, 1])) for _ in range(9)]
        rows += made
        day += timedelta(days=1)
    rows.sort(key=lambda r: r[0])
    rows = [[f"WX-{r[0]:%y}-{100000 + i * 3}", fmt(r[0]), *r[1:]] for i, r in enumerate(rows)]
    feb = [i for i, r in enumerate(rows) if r[1].startswith("2/1") and "/2026" in r[1] and r[14].startswith("2/")]
    R.shuffle(feb)
    for i in feb[:3]:
        rows.append(list(rows[i]))
    for i in feb[3:5]:
        rows[i][0] = ""
    rows[feb[5]][1] = "2/30/2026 09:10:00 AM"
    rows[feb[6]][1] = "n/a"
    rows[feb[7]][14] = "1/2/2026 08:00:00 AM"
    for i in feb[8:12]:
        rows[i][5] = rows[i][5].upper() + " "
    rows[feb[12]][21], rows[feb[12]][22] = "0", "0"
    rows[feb[13]][18] = "once"
    with (Path(__file__).parent / "wexley_tickets.csv").open("w", encoding="utf-8", newline="") as out:
        w = csv.writer(out)
        w.writerow(HEAD)
        w.writerows(rows)
    print(len(rows))


main()
