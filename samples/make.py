#!/usr/bin/env python3
"""Writes the sample inspections beside this file: 6 lots of 4 wafers at 2 steps, KLARF 1.2.

What can be found in them: INS-02 reports more than INS-01 at the same step; lot FB4024 was scratched
at M1-CMP (class 2, curved lines on every wafer); residue (class 3) gathers in a ring at M1-ETCH
from lot FB4023 on. The same seed gives the same files.

Usage: python3 samples/make.py
"""

import math
import random
from datetime import datetime, timedelta
from pathlib import Path

FOLDER = Path(__file__).parent
RADIUS_UM = 150_000.0
EDGE_UM = 3_000.0
PITCH_X_UM, PITCH_Y_UM = 12_400.0, 9_800.0
CENTRE_X_UM, CENTRE_Y_UM = 6_200.0, 4_900.0
LOTS = ["FB4021", "FB4022", "FB4023", "FB4024", "FB4025", "FB4026"]
WAFERS = [1, 7, 13, 25]
STEPS = {"M1-ETCH": 38.0, "M1-CMP": 55.0}
TOOLS = {"INS-01": 1.0, "INS-02": 1.35}
CLASSES = {0: "Unclassified", 1: "Particle", 2: "Scratch", 3: "Residue", 4: "Bridge", 5: "Pit", 6: "Missing pattern"}
COLUMNS = (
    "DEFECTID XREL YREL XINDEX YINDEX XSIZE YSIZE DEFECTAREA DSIZE CLASSNUMBER TEST CLUSTERNUMBER "
    "ROUGHBINNUMBER FINEBINNUMBER REVIEWSAMPLE IMAGECOUNT IMAGELIST"
)


def check_pair(text: str) -> str:
    """The SEMI check pair of `text` (modulo 59 over ASCII code - 32)."""
    rest = 0
    for character in text + "A0":
        rest = (8 * rest + ord(character) - 32) % 59
    gap = (59 - rest) % 59
    return chr(ord("A") + gap // 8) + str(gap % 8)


def planned_dies() -> list[tuple[int, int]]:
    """Dies that lie whole inside the wafer less its edge exclusion."""
    usable = RADIUS_UM - EDGE_UM
    dies = []
    for row in range(-16, 17):
        for column in range(-13, 14):
            left = column * PITCH_X_UM - CENTRE_X_UM
            bottom = row * PITCH_Y_UM - CENTRE_Y_UM
            corners = [(left + dx * PITCH_X_UM, bottom + dy * PITCH_Y_UM) for dx in (0, 1) for dy in (0, 1)]
            if all(math.hypot(x, y) <= usable for x, y in corners):
                dies.append((column, row))
    return dies


def die_of(x_um: float, y_um: float) -> tuple[int, int]:
    return math.floor((x_um + CENTRE_X_UM) / PITCH_X_UM), math.floor((y_um + CENTRE_Y_UM) / PITCH_Y_UM)


def poisson(rng: random.Random, mean: float) -> int:
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def background(rng: random.Random, mean: float) -> list[tuple[float, float, int, int]]:
    """Defects uniform per area; the count varies more than Poisson (gamma-mixed)."""
    found = []
    for _ in range(poisson(rng, rng.gammavariate(12.0, mean / 12.0))):
        radius, angle = (RADIUS_UM - EDGE_UM) * math.sqrt(rng.random()), rng.random() * math.tau
        kind = rng.choices([0, 1, 3, 4, 5, 6], weights=[14, 46, 14, 12, 9, 5])[0]
        found.append((radius * math.cos(angle), radius * math.sin(angle), kind, 0))
    return found


def scratch(rng: random.Random, cluster: int) -> list[tuple[float, float, int, int]]:
    """A curved line, as a grain under the polishing pad leaves it."""
    x, y = rng.uniform(-90_000, 40_000), rng.uniform(-80_000, 80_000)
    heading, bend = rng.random() * math.tau, rng.uniform(-0.05, 0.05)
    found = []
    for _ in range(rng.randint(30, 55)):
        if math.hypot(x, y) < RADIUS_UM - EDGE_UM:
            found.append((x + rng.gauss(0, 120), y + rng.gauss(0, 120), 2, cluster))
        x, y, heading = x + 1_700 * math.cos(heading), y + 1_700 * math.sin(heading), heading + bend
    return found


def ring(rng: random.Random, mean: float) -> list[tuple[float, float, int, int]]:
    """Residue near the edge, where the rinse thins out."""
    found = []
    for _ in range(poisson(rng, mean)):
        radius, angle = rng.gauss(132_000, 4_000), rng.random() * math.tau
        if radius < RADIUS_UM - EDGE_UM:
            found.append((radius * math.cos(angle), radius * math.sin(angle), 3, 0))
    return found


def defects_of(rng: random.Random, lot: str, step: str, tool: str) -> list[tuple[float, float, int, int]]:
    found = background(rng, STEPS[step] * TOOLS[tool])
    if lot == "FB4024" and step == "M1-CMP":
        for cluster in range(1, rng.randint(4, 6)):
            found += scratch(rng, cluster)
    if lot >= "FB4023" and step == "M1-ETCH":
        found += ring(rng, 26.0)
    dies = set(DIES)
    return sorted((d for d in found if die_of(d[0], d[1]) in dies), key=lambda d: (d[1], d[0]))


def row(rng: random.Random, number: int, defect: tuple[float, float, int, int]) -> str:
    x_um, y_um, kind, cluster = defect
    column, line = die_of(x_um, y_um)
    size = min(0.09 * rng.paretovariate(1.9), 25.0)
    width, height = size * rng.uniform(0.6, 1.0), size * rng.uniform(0.6, 1.0)
    x_rel, y_rel = x_um + CENTRE_X_UM - column * PITCH_X_UM, y_um + CENTRE_Y_UM - line * PITCH_Y_UM
    return (
        f" {number} {x_rel:.3f} {y_rel:.3f} {column} {line} {width:.3f} {height:.3f} {width * height:.6f} {size:.3f} "
        f"{kind} 1 {cluster} {rng.choice([1, 2, 3])} 0 {int(rng.random() < 0.1)} 0 0"
    )


def wafer(rng: random.Random, lot: str, number: int, step: str, tool: str) -> list[str]:
    scribe = f"{lot}-{number:02d}"
    found = defects_of(rng, lot, step, tool)
    area_um2 = len(DIES) * PITCH_X_UM * PITCH_Y_UM
    rows = [row(rng, position, defect) for position, defect in enumerate(found, start=1)]
    hit = len({die_of(x, y) for x, y, _, _ in found})
    return [
        "DieOrigin 0.0000000000e+00 0.0000000000e+00;",
        f'WaferID "{scribe}{check_pair(scribe)}";',
        f"Slot {number};",
        f"SampleCenterLocation {CENTRE_X_UM:.10e} {CENTRE_Y_UM:.10e};",
        'OrientationInstructions "FRONT";',
        "InspectionTest 1;",
        f"SampleTestPlan {len(DIES)}",
        *[f" {x} {y}" for x, y in DIES[:-1]],
        f" {DIES[-1][0]} {DIES[-1][1]};",
        f"AreaPerTest {area_um2:.10e};",
        f"DefectRecordSpec {len(COLUMNS.split())} {COLUMNS} ;",
        *(["DefectList", *rows[:-1], f"{rows[-1]};"] if rows else ["DefectList;"]),
        "SummarySpec 5 TESTNO NDEFECT DEFDENSITY NDIE NDEFDIE ;",
        "SummaryList",
        f" 1 {len(found)} {len(found) / (area_um2 / 1e8):.10e} {len(DIES)} {hit};",
    ]


def lot_file(seed: int, lot: str, step: str, tool: str, at: datetime) -> str:
    rng = random.Random(seed)
    text = at.strftime("%m-%d-%Y %H:%M:%S")
    classes = [f' {number} "{name}"' for number, name in CLASSES.items()]
    lines = [
        "FileVersion 1 2;",
        f"FileTimestamp {(at + timedelta(minutes=41)).strftime('%m-%d-%Y %H:%M:%S')};",
        f'InspectionStationID "WaferMaps" "Sample inspector" "{tool}";',
        "SampleType WAFER;",
        f"ResultTimestamp {text};",
        f'LotID "{lot}";',
        "SampleSize 1 300;",
        'DeviceID "N28-LOGIC";',
        f'SetupID "{step}_BF" 06-01-2026 08:00:00;',
        f'StepID "{step}";',
        "SampleOrientationMarkType NOTCH;",
        "OrientationMarkLocation DOWN;",
        f"DiePitch {PITCH_X_UM:.10e} {PITCH_Y_UM:.10e};",
        f"ClassLookup {len(CLASSES)}",
        *classes[:-1],
        f"{classes[-1]};",
    ]
    for position, number in enumerate(WAFERS):
        lines.append(f"ResultTimestamp {(at + timedelta(minutes=9 * position)).strftime('%m-%d-%Y %H:%M:%S')};")
        lines += wafer(rng, lot, number, step, tool)
    return "\n".join([*lines, "EndOfFile;", ""])


DIES = planned_dies()

if __name__ == "__main__":
    start = datetime(2026, 8, 31, 6, 20)
    seed = 20260831
    for week, lot in enumerate(LOTS):
        for position, step in enumerate(STEPS):
            seed += 1
            tool = list(TOOLS)[(week + position) % 2]
            at = start + timedelta(days=7 * week + 2 * position, hours=(week * 5) % 11)
            (FOLDER / f"{lot}_{step}.klarf").write_text(lot_file(seed, lot, step, tool, at), encoding="ascii")
