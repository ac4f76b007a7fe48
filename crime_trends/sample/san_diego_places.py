"""San Diego's beats as the generated sample uses them: the busier third of the city's list, each a public fact."""

from __future__ import annotations

from typing import NamedTuple

DIVISIONS = {
    "1": "NORTHERN",
    "2": "NORTHEASTERN",
    "3": "EASTERN",
    "4": "SOUTHEASTERN",
    "5": "CENTRAL",
    "6": "WESTERN",
    "7": "SOUTHERN",
    "8": "MID-CITY",
    "9": "NORTHWESTERN",
}


class Beat(NamedTuple):
    """A beat: number (division, service area), neighborhood, ZIP code, middle, and calls in a typical three weeks."""

    code: str
    neighborhood: str
    zip_code: str
    latitude: float
    longitude: float
    weight: float


BEATS = (
    Beat("111", "Clairemont Mesa East", "92117", 32.814, -117.172, 261),
    Beat("114", "North Clairemont", "92117", 32.829, -117.201, 204),
    Beat("115", "University City", "92122", 32.869, -117.211, 503),
    Beat("116", "Bay Park", "92110", 32.790, -117.196, 212),
    Beat("121", "Mission Beach", "92109", 32.774, -117.249, 234),
    Beat("122", "Pacific Beach", "92109", 32.799, -117.237, 1002),
    Beat("124", "La Jolla", "92037", 32.837, -117.259, 596),
    Beat("233", "Rancho Penasquitos", "92129", 32.957, -117.137, 295),
    Beat("234", "Rancho Bernardo", "92128", 33.030, -117.083, 282),
    Beat("242", "Mira Mesa", "92126", 32.921, -117.142, 602),
    Beat("311", "Serra Mesa", "92123", 32.793, -117.138, 418),
    Beat("313", "Kearny Mesa", "92111", 32.832, -117.139, 793),
    Beat("315", "Mission Valley East", "92108", 32.775, -117.137, 514),
    Beat("321", "Grantville", "92120", 32.793, -117.095, 320),
    Beat("327", "College East", "92115", 32.771, -117.056, 194),
    Beat("432", "Valencia Park", "92114", 32.702, -117.075, 182),
    Beat("437", "Bay Terraces", "92139", 32.690, -117.042, 324),
    Beat("441", "Mountain View", "92113", 32.700, -117.104, 272),
    Beat("446", "Lincoln Park", "92114", 32.698, -117.091, 208),
    Beat("451", "Oak Park", "92105", 32.736, -117.072, 228),
    Beat("511", "Barrio Logan", "92113", 32.693, -117.141, 439),
    Beat("512", "Logan Heights", "92113", 32.701, -117.130, 558),
    Beat("517", "Golden Hill", "92102", 32.716, -117.136, 170),
    Beat("521", "East Village", "92101", 32.711, -117.154, 1522),
    Beat("522", "Marina", "92101", 32.711, -117.169, 200),
    Beat("523", "Gaslamp", "92101", 32.712, -117.160, 423),
    Beat("524", "Core-Columbia", "92101", 32.717, -117.163, 879),
    Beat("529", "Park West", "92103", 32.732, -117.165, 292),
    Beat("531", "Balboa Park", "92101", 32.730, -117.148, 218),
    Beat("611", "Midway District", "92110", 32.745, -117.202, 815),
    Beat("613", "Point Loma Heights", "92107", 32.742, -117.229, 234),
    Beat("614", "Ocean Beach", "92107", 32.748, -117.249, 423),
    Beat("621", "Linda Vista", "92111", 32.787, -117.176, 252),
    Beat("622", "Morena", "92110", 32.771, -117.190, 304),
    Beat("623", "Mission Valley West", "92108", 32.761, -117.180, 315),
    Beat("625", "Old Town", "92110", 32.755, -117.194, 196),
    Beat("627", "Hillcrest", "92103", 32.751, -117.162, 556),
    Beat("712", "San Ysidro", "92173", 32.553, -117.044, 500),
    Beat("713", "Otay Mesa", "92154", 32.566, -116.999, 258),
    Beat("723", "Otay Mesa West", "92154", 32.581, -117.059, 393),
    Beat("813", "North Park", "92104", 32.746, -117.128, 659),
    Beat("821", "Rolando", "92115", 32.764, -117.055, 213),
    Beat("824", "Talmadge", "92116", 32.764, -117.091, 187),
    Beat("826", "Colina Del Sol", "92105", 32.752, -117.084, 238),
    Beat("834", "Castle", "92105", 32.740, -117.108, 251),
    Beat("838", "Corridor", "92104", 32.751, -117.119, 187),
    Beat("931", "Sorrento Valley", "92121", 32.903, -117.192, 204),
    Beat("934", "Carmel Valley", "92130", 32.944, -117.204, 445),
)
# fmt: off
STREETS = (
    "ALTA MARINA", "GULL POINT", "VIA SERENATA", "37TH", "CORONA DEL VALLE", "SEAFARER", "TORREY GLEN",
    "CAMINO ARBOLADA", "JUNIPER MESA", "MARKETHALL", "AGUA DULCE", "63RD", "OLD MISSION GROVE", "PALMETTO",
    "SIERRA NUEVA", "KELP BED", "11TH", "FAIRWIND", "MONTE LUNA", "PASEO DE LA NIEBLA",
)
# fmt: on
