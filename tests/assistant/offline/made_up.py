"""Two made-up cities for tests of understanding; neither exists."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from assistant.offline.desk import Desk
from warehouse.catalog import City, Dimension, Metric
from warehouse.working_calendar import WorkingCalendar

MODELS = Path(__file__).resolve().parents[3] / "warehouse" / "models"
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
NOW_EN = datetime(2026, 11, 23, 8, 30, tzinfo=ZoneInfo("America/Denver"))


@dataclass(frozen=True)
class M:
    dimension: str
    value: str
    aliases: tuple[str, ...] = ()
    code: str | None = None
    parent: str | None = None
    rows: int = 10


@dataclass
class MadeUpCatalog:
    metrics: dict[str, Metric]
    dimensions: dict[str, Dimension]
    unavailable: dict[str, tuple[str, ...]] = field(default_factory=dict)
    all_metrics: dict[str, Metric] = field(default_factory=dict)
    every_dimension: dict[str, Dimension] = field(default_factory=dict)

    def applicable(self, metric: str) -> tuple[str, ...]:
        spec = self.metrics[metric]
        parts = [self.metrics[m] for m in spec.of if m in self.metrics] if spec.kind == "sum" else [spec]
        facts = {p.fact for p in parts}
        alarm_columns = {
            "district",
            "street",
            "community",
            "grid",
            "minor_category",
            "department",
            "alarm_type",
            "device_type",
            "level",
        }
        out = []
        for d in self.dimensions.values():
            if d.kind == "clock" or all(
                (not d.facts or f in d.facts) and (f != "alarms" or d.id in alarm_columns) for f in facts
            ):
                out.append(d.id)
        return tuple(out)


def catalog(drop_metrics=(), drop_dimensions=()):
    metrics = [Metric.model_validate(m) for m in yaml.safe_load((MODELS / "metrics.yml").read_text())["metrics"]]
    dimensions = [
        Dimension.model_validate(d) for d in yaml.safe_load((MODELS / "dimensions.yml").read_text())["dimensions"]
    ]
    return MadeUpCatalog(
        metrics={m.id: m for m in metrics if m.id not in drop_metrics},
        dimensions={d.id: d for d in dimensions if d.id not in drop_dimensions},
        unavailable=dict.fromkeys(drop_metrics, ("registered_at",)),
        all_metrics={m.id: m for m in metrics},
        every_dimension={d.id: d for d in dimensions},
    )


def _members(dimension, *rows):
    return [
        M(dimension, r) if isinstance(r, str) else M(dimension, r[0], tuple(r[1]), parent=r[2] if len(r) > 2 else None)
        for r in rows
    ]


def lanzhou_like() -> Desk:
    """云河市: a Chinese city with registration, alarms and three area levels."""
    members = {
        "district": _members(
            "district",
            "松山区",
            "临江区",
            ("云河高新技术产业开发区", ["高新区", "高新"]),
            ("东湖新区", ["东湖"]),
            "青石县",
        ),
        "street": _members(
            "street",
            ("南桥街道", [], "松山区"),
            ("五一路街道", [], "松山区"),
            ("望江街道", ["望江街"], "临江区"),
            ("柳林镇", [], "青石县"),
        ),
        "community": _members("community", ("花园社区", [], "南桥街道"), ("和平社区", [], "望江街道")),
        "kind": _members("kind", "component", "event"),
        "major_category": _members("major_category", "市容环境", "公用设施", "街面秩序", "道路交通"),
        "minor_category": _members(
            "minor_category",
            ("暴露垃圾", ["垃圾"], "市容环境"),
            ("占道经营", ["占道"], "街面秩序"),
            ("井盖破损", ["井盖"], "公用设施"),
            ("路灯故障", [], "公用设施"),
            ("非法小广告", ["小广告", "牛皮癣"], "市容环境"),
            ("机动车乱停放", ["违停"], "道路交通"),
            "噪声扰民",
            "道路破损",
            "道路积水",
        ),
        "department": _members(
            "department",
            ("云河市城市管理局", ["城管局"]),
            ("云河市住房和城乡建设局", ["住建局"]),
            ("市政养护中心", ["市政"]),
            ("公安局交警支队", ["交警"]),
        ),
        "unit": _members("unit", "环卫一队", "市政抢修队"),
        "source": _members("source", ("12345热线", ["12345", "热线"]), "监督员上报", "随手拍", "视频智能发现"),
        "satisfaction": _members("satisfaction", "satisfied", "basically_satisfied", "dissatisfied"),
        "alarm_type": _members("alarm_type", "井盖倾斜", "垃圾满溢", "水位超限"),
        "device_type": _members("device_type", "井盖传感器", "摄像头"),
        "level": _members("level", "1", "2", "3", "4"),
    }
    city = City(id="yunhe", name={"zh": "云河市", "en": "Yunhe"})
    return Desk.build(catalog=catalog(), members=members, city=city, calendar=WorkingCalendar.load("cn"))


def denver_like() -> Desk:
    """Port Alder: an English city without filing, alarms, streets or supervision."""
    drop = (
        "registered_cases",
        "registration_rate",
        "alarms",
        "false_alarm_rate",
        "unconverted_alarms",
        "supervised_cases",
    )
    drop_dims = ("street", "community", "grid", "alarm_type", "device_type", "level", "supervised", "kind")
    members = {
        "district": _members(
            "district", "Maple Hill", "Harborview", ("Old Town / Quayside", []), "West End", "Greater Linden"
        ),
        "major_category": _members("major_category", "Street Cleaning", "Highway Maintenance", "Code Enforcement"),
        "minor_category": _members(
            "minor_category",
            "Missed Trash Pickup",
            "Pothole Repair",
            "Street Light Out",
            "Graffiti Removal",
            ("Abandoned Vehicle", ["abandoned car"]),
            "Rodent Activity",
            "Noise Complaint",
        ),
        "department": _members(
            "department", ("Public Works Department", ["PWD"]), "Parks and Recreation", "Transportation Department"
        ),
        "source": _members("source", "Mobile App", "Phone Call", "Self Service", "City Worker"),
        "satisfaction": _members("satisfaction"),
        "unit": _members("unit"),
    }
    city = City(
        id="port_alder",
        name={"zh": "奥尔德港", "en": "Port Alder"},
        language="en",
        timezone="America/Denver",
        calendar="us",
        labels={"district": {"zh": "社区", "en": "neighborhood"}},
        names={"district": {"en": ("neighborhoods", "neighbourhood")}},
    )
    return Desk.build(catalog=catalog(drop, drop_dims), members=members, city=city, calendar=WorkingCalendar.load("us"))
