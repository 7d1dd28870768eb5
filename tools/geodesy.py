"""GCJ-02, the system Chinese maps and messengers measure in, back to WGS-84."""

from __future__ import annotations

import math

_AXIS = 6_378_245.0
_ECCENTRICITY = 0.00669342162296594323
# Each round leaves about a hundredth of the error before; three are below a decimetre.
_ROUNDS = 3


def wgs84_of_gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    """Longitude and latitude in WGS-84 degrees; points outside China are the same in both systems."""
    if not (72.004 <= longitude <= 137.8347 and 0.8293 <= latitude <= 55.8271):
        return longitude, latitude
    east, north = longitude, latitude
    for _ in range(_ROUNDS):
        shift_east, shift_north = _shift(east, north)
        east, north = longitude - shift_east, latitude - shift_north
    return east, north


def _shift(east: float, north: float) -> tuple[float, float]:
    """What GCJ-02 adds to a point, in degrees."""
    x, y = east - 105.0, north - 35.0
    root = math.sqrt(abs(x))
    wave = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    up = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    up += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    up += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    right = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    right += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    right += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    angle = math.radians(north)
    bent = 1.0 - _ECCENTRICITY * math.sin(angle) ** 2
    return (
        right * 180.0 / (_AXIS / math.sqrt(bent) * math.cos(angle) * math.pi),
        up * 180.0 / ((_AXIS * (1 - _ECCENTRICITY)) / (bent * math.sqrt(bent)) * math.pi),
    )
