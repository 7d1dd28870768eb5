"""Writes the export of a made-up harbour city, Marlow (Western Australia, no summer time): council tickets. Fixed seed, standard library only."""
import csv
import math
import random
from datetime import datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
START, END = datetime(2025, 9, 15), datetime(2026, 11, 23, 8, 30)
R = random.Random(88412)
DAY = [1, 1, 1, 1, 1, 3, 7, 12, 16, 16, 14, 12, 10, 10, 12, 12, 11, 9, 8, 7, 5, 4, 3, 2]
NIGHT = [12, 10, 7, 4, 3, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 5, 6, 8, 11, 15, 19, 21, 18]
RUSH = [1, 1, 1, 1, 1, 3, 8, 18, 19, 10, 7, 8, 9, 7, 8, 10, 15, 18, 13, 7, 5, 3, 2, 1]
AREAS = {
    "Harbour Ward": ["Old Quay", "Fishmarket", "Custom House"],
    "Northcliff Ward": ["Northcliff", "Lighthouse Point", "Gannet Bay"],
    "Saltmarsh Ward": ["Saltmarsh", "Rope Walk", "Samphire Flats"],
    "Eastgate Ward": ["Eastgate", "Tramway", "Brickfields", "St Brannock"],
    "Orchard Hills Ward": ["Orchard Hills", "Pippin Vale", "Cider Mill"],
    "Airport Ward": ["Runway Park", "Kestrel Downs"],
}
SHARE = {"Harbour Ward": 27, "Northcliff Ward": 15, "Saltmarsh Ward": 18, "Eastgate Ward": 23, "Orchard Hills Ward": 10, "Airport Ward": 7}
SLOW = {"Harbour Ward": 0.8, "Northcliff Ward": 1.0, "Saltmarsh Ward": 1.3, "Eastgate Ward": 0.95, "Orchard Hills Ward": 1.5, "Airport Ward": 1.1}
CENTRE = {"Harbour Ward": (-33.341, 115.641), "Northcliff Ward": (-33.312, 115.655), "Saltmarsh Ward": (-33.362, 115.668), "Eastgate Ward": (-33.345, 115.684), "Orchard Hills Ward": (-33.391, 115.722), "Airport Ward": (-33.378, 115.659)}
KINDS = {  # request type: service, weight, limit (hours), usual (hours), agency, hours
    "Missed bin collection": ("Waste", 12, 48, 27, "City Cleansing", DAY),
    "Illegal dumping": ("Waste", 10, 72, 50, "City Cleansing", DAY),
    "Overflowing public bin": ("Waste", 6, 12, 7, "City Cleansing", DAY),
    "Street sweeping": ("Waste", 4, 96, 55, "City Cleansing", DAY),
    "Pothole repair": ("Roads and Footpaths", 9, 120, 92, "Roads Directorate", DAY),
    "Footpath trip hazard": ("Roads and Footpaths", 6, 168, 130, "Roads Directorate", DAY),
    "Blocked stormwater drain": ("Roads and Footpaths", 4, 24, 15, "Roads Directorate", DAY),
    "Missing street sign": ("Roads and Footpaths", 2.5, 168, 90, "Roads Directorate", DAY),
    "Traffic signal fault": ("Lighting and Signals", 3, 8, 4, "Lights and Signals Unit", RUSH),
    "Streetlight outage": ("Lighting and Signals", 8, 72, 48, "Lights and Signals Unit", NIGHT),
    "Fallen branch": ("Trees and Parks", 5, 24, 13, "Parks Service", DAY),
    "Overgrown verge": ("Trees and Parks", 5, 168, 105, "Parks Service", DAY),
    "Playground damage": ("Trees and Parks", 2, 72, 44, "Parks Service", DAY),
    "Dog attack": ("Animals", 2, 6, 3, "Rangers", DAY),
    "Stray dog": ("Animals", 5, 12, 6, "Rangers", DAY),
    "Barking dog": ("Animals", 5, 96, 75, "Rangers", NIGHT),
    "Parking offence": ("Parking", 11, 6, 3.2, "Rangers", RUSH),
    "Abandoned vehicle": ("Parking", 4, 168, 150, "Rangers", DAY),
    "Noise complaint": ("Public Health", 7, 12, 7.5, "Environmental Health Branch", NIGHT),
    "Food premises complaint": ("Public Health", 2, 48, 30, "Environmental Health Branch", DAY),
    "Mosquito nuisance": ("Public Health", 2.5, 120, 80, "Environmental Health Branch", NIGHT),
    "Graffiti": ("Vandalism", 6, 48, 29, "City Cleansing", DAY),
    "Beach hazard": ("Coast", 2.5, 12, 7, "Foreshore Team", DAY),
    "Seaweed build-up": ("Coast", 2.5, 120, 85, "Foreshore Team", DAY),
}
CREWS = {"City Cleansing": ["Collections A", "Collections B", "Sweepers", "Rapid Clean"], "Roads Directorate": ["Asphalt Crew", "Concrete Crew", "Drainage Crew"], "Lights and Signals Unit": ["Night Electricians", "Signal Techs"],
         "Parks Service": ["Arborists", "Mowing East", "Mowing West"], "Rangers": ["Ranger Patrol 1", "Ranger Patrol 2", "Animal Control"], "Environmental Health Branch": ["Noise Officers", "Health Inspectors"],
         "Foreshore Team": ["Beach Crew"], "Customer Care": ["Front Desk"]}
VIA = [("Phone", 33), ("Marlow Fix app", 28), ("Web portal", 19), ("Council officer", 9), ("Counter", 5), ("Email", 6), ("Social media", 3)]
OWNERS = [("Council", 9), ("State road authority", 2), ("Utility", 2), ("Private", 2)]
ROADS = ["Quay Street", "Lighthouse Road", "Rope Walk", "Tramway Parade", "Brick Lane", "Orchard Drive", "Custom House Row", "Gannet Crescent", "Airport Road", "Marine Parade", "Cider Lane"]
BOOST = {("Illegal dumping", "Saltmarsh Ward"): 2.3, ("Beach hazard", "Northcliff Ward"): 5, ("Seaweed build-up", "Northcliff Ward"): 4, ("Noise complaint", "Harbour Ward"): 2, ("Parking offence", "Harbour Ward"): 1.7, ("Mosquito nuisance", "Saltmarsh Ward"): 3,
         ("Overgrown verge", "Orchard Hills Ward"): 2.4, ("Graffiti", "Eastgate Ward"): 1.9, ("Noise complaint", "Airport Ward"): 2, ("Pothole repair", "Orchard Hills Ward"): 1.6}


def pick(pairs):
    return R.choices([p[0] for p in pairs], [p[1] for p in pairs])[0]


def weights(day):
    w = {m: k[1] for m, k in KINDS.items()}
    if day.month in (12, 1, 2):
        for m, by in (("Noise complaint", 1.6), ("Beach hazard", 2.4), ("Mosquito nuisance", 2.2), ("Overflowing public bin", 1.7)):
            w[m] *= by
    if day.month in (6, 7, 8):
        for m, by in (("Pothole repair", 1.7), ("Blocked stormwater drain", 2.0), ("Fallen branch", 1.8), ("Streetlight outage", 1.4), ("Mosquito nuisance", 0.3), ("Beach hazard", 0.5)):
            w[m] *= by
    if day.month in (9, 10, 11):
        w["Overgrown verge"] *= 1.9
    if day >= datetime(2026, 10, 12):
        w["Missed bin collection"] *= 1.7
    if day >= datetime(2026, 11, 2):
        w["Graffiti"] *= 1.5
    return w


def row(day, kind=None, ward=None, suburb=None, hour=None):
    kind = kind or pick(list(weights(day).items()))
    service, _, limit, usual, office, hours = KINDS[kind]
    ward = ward or pick([(d, n * BOOST.get((kind, d), 1)) for d, n in SHARE.items()])
    suburb = suburb or R.choices(AREAS[ward], [5, 4, 3, 2][: len(AREAS[ward])])[0]
    t = day + timedelta(hours=R.choices(range(24), hours)[0] if hour is None else hour, minutes=R.randrange(60))
    via = pick(VIA)
    priority = "P1" if R.random() < (0.45 if kind in ("Traffic signal fault", "Dog attack", "Beach hazard", "Blocked stormwater drain", "Fallen branch") else 0.02) else R.choice(["P2", "P3", "P3"])
    ack = sent = fixed = done = due = None
    again = back = 0
    r = t + timedelta(minutes=int(R.expovariate(1 / 40)) + 1)
    fate = R.random()
    if r >= END:
        stage = "New"
    elif fate < 0.05:
        stage = "Rejected"
    elif fate < 0.07:
        stage = "Withdrawn"
    else:
        ack, due, stage = r, r + timedelta(hours=limit), "Acknowledged"
        s = ack + timedelta(minutes=int(R.expovariate(1 / 45)) + 1)
        work = usual * SLOW[ward] * R.lognormvariate(-0.35, 0.6) * (1.35 if kind == "Missed bin collection" and day >= datetime(2026, 10, 12) else 1)
        if R.random() < 0.07:
            back, work = 1, work * 1.2
        if R.random() < (0.13 if kind in ("Pothole repair", "Missed bin collection", "Graffiti") else 0.045):
            again = R.choice([1, 1, 1, 2])
            work *= 1.5
        if R.random() < 0.016:
            work *= 25
        f = s + timedelta(minutes=int(work * 60) + 2)
        c = f + timedelta(minutes=int(R.expovariate(1 / 60)) + 3)
        if 0.07 <= fate < 0.082 and day > datetime(2026, 6, 15):
            stage, sent = "On hold", s if s < END else None
        else:
            if s < END:
                sent, stage = s, "In progress"
            if f < END:
                fixed, stage = f, "Quality check"
            if c < END and R.random() < 0.997:
                done, stage = c, "Completed"
    agency = crew = ""
    if sent:
        agency = office if R.random() > 0.03 else "Customer Care"
        crew = R.choice(CREWS[agency])
    lat, lon = CENTRE[ward]
    pin = R.random() > 0.09
    return {"t": t, "via": via, "service": service, "kind": kind, "ward": ward, "suburb": suburb, "site": f"{R.randrange(1, 240)} {R.choice(ROADS)}, {suburb}", "text": f"Customer reports {kind.lower()}", "ack": ack, "sent": sent,
            "agency": agency, "crew": crew, "due": due, "fixed": fixed, "done": done, "stage": stage, "prio": priority, "again": again, "back": back, "owner": pick(OWNERS),
            "lat": f"{lat + R.gauss(0, 0.008):.5f}" if pin else "", "lon": f"{lon + R.gauss(0, 0.010):.5f}" if pin else ""}


rows, day = [], START
while day < END:
    k = (day - START).days
    base = (38 + 4 * math.sin(k / 62) + k / 90) * (0.62 if day.weekday() >= 5 else 1.06)
    if day.month == 12 and day.day in (25, 26):
        base *= 0.4
    made = [row(day) for _ in range(max(8, int(R.gauss(base, 4))))]
    if day == datetime(2026, 11, 17):
        made += [row(day, "Blocked stormwater drain", "Saltmarsh Ward", R.choice(["Rope Walk"] * 3 + ["Samphire Flats"]), R.choice([5, 6, 7, 8])) for _ in range(31)]
    if day == datetime(2026, 11, 20):
        made += [row(day, "Traffic signal fault", "Eastgate Ward", "Tramway", R.choice([16, 17])) for _ in range(15)]
    if day == datetime(2026, 11, 22):
        made += [row(day, "Noise complaint", "Harbour Ward", R.choice(["Old Quay"] * 3 + ["Fishmarket"]), R.choice([22, 22, 23])) for _ in range(13)]
    if day == datetime(2026, 11, 23):
        made += [row(day, "Noise complaint", "Harbour Ward", "Old Quay", R.choice([0, 1, 2])) for _ in range(8)]
    if day == datetime(2026, 8, 9):
        made += [row(day, "Fallen branch", None, None, R.choice([1, 2, 3, 4, 5])) for _ in range(45)]
    made = sorted((r for r in made if r["t"] < END), key=lambda r: r["t"])
    for i, r in enumerate(made):
        r["no"] = f"MC-{day:%y%m%d}-{i + 1:03d}"
    rows += made
    day += timedelta(days=1)

HEAD = ["Ticket", "Lodged", "Lodged via", "Service", "Request type", "Ward", "Suburb", "Site", "Details", "Acknowledged", "Assigned", "Agency", "Crew", "Due by", "Work finished", "Completed", "Stage", "Priority", "Times reopened", "Handbacks",
        "Asset owner", "Lat", "Lng"]
KEYS = ["no", "t", "via", "service", "kind", "ward", "suburb", "site", "text", "ack", "sent", "agency", "crew", "due", "fixed", "done", "stage", "prio", "again", "back", "owner", "lat", "lon"]
lines = [[r[k].strftime("%d %b %Y %H:%M") if isinstance(r[k], datetime) else "" if r[k] is None else r[k] for k in KEYS] for r in rows]
apr = [i for i, r in enumerate(rows) if datetime(2026, 4, 14) <= r["t"] < datetime(2026, 4, 17) and r["done"] and r["done"] < datetime(2026, 4, 30)]
R.shuffle(apr)
lines += [list(lines[i]) for i in apr[:3]]  # exported twice
lines[apr[3]][0] = ""  # no number
lines[apr[4]][1] = "n/a"
for i in apr[5:9]:
    lines[i][5] = f" {lines[i][5]}"
with (HERE / "marlow_tickets.csv").open("w", encoding="utf-8", newline="") as out:
    csv.writer(out).writerows([HEAD, *lines])
print("marlow", len(lines))
