// Inspection files: our own everywhere, real ones in addition where the folder is at hand.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./server.mjs";

const REAL = process.env.WAFERMAPS_KLARF_SAMPLES ?? join(ROOT, "../shared/klarf");

/** The path of a real file, or `null` where the folder is not there. */
export function real(name) {
  const path = join(REAL, name);
  return existsSync(path) ? path : null;
}

/** A real file as `[[name, bytes]]`, or `[]` where the folder is not there. */
export function realFile(name) {
  const path = real(name);
  return path ? [[name, readFileSync(path)]] : [];
}

/** Paths of the files that `scripts/run` loads. */
export function demonstration() {
  const folder = join(ROOT, "samples");
  return readdirSync(folder).filter((name) => name.endsWith(".klarf")).sort().map((name) => join(folder, name));
}

/** The demonstration files as `[name, bytes]`. */
export function demonstrationFiles() {
  return demonstration().map((path) => [path.split("/").pop(), readFileSync(path)]);
}

const CLASSES = ["Unclassified", "Particle", "Scratch", "Bridge"];

/**
 * What a flat file says before its defects: of one 300 mm wafer in 10 mm dies, whose centre is the middle of die (0,0).
 * `plan` holds the dies that were inspected, a line each; without it the file does not say.
 */
function head({ lot, station, area_um2, plan = [], classes = 2 }) {
  return [
    "FileVersion 1 2;",
    "FileTimestamp 10-01-2026 08:10:00;",
    `InspectionStationID "Maker" "Model" "${station}";`,
    "SampleType WAFER;",
    "ResultTimestamp 10-01-2026 08:00:00;",
    `LotID "${lot}";`,
    "SampleSize 1 300;",
    'DeviceID "D";',
    'StepID "S";',
    "SampleOrientationMarkType NOTCH;",
    "OrientationMarkLocation DOWN;",
    "DiePitch 1.0000000000e+04 1.0000000000e+04;",
    "DieOrigin 0 0;",
    'WaferID "01";',
    "Slot 1;",
    "SampleCenterLocation 5.0000000000e+03 5.0000000000e+03;",
    `ClassLookup ${classes}\n${CLASSES.slice(0, classes).map((name, number) => ` ${number} "${name}"`).join("\n")};`,
    "InspectionTest 1;",
    ...(plan.length > 0 ? [`SampleTestPlan ${plan.length}\n${plan.join("\n")};`] : []),
    `AreaPerTest ${area_um2.toExponential(10)};`,
    "DefectRecordSpec 9 DEFECTID XREL YREL XINDEX YINDEX DSIZE CLASSNUMBER TEST CLUSTERNUMBER ;",
  ].join("\n");
}

/** The head of the files that are written chunk by chunk. */
function headOfMany(lot) {
  return `${head({ lot, station: "BIG-01", area_um2: 7e10 })}\nDefectList\n`;
}

/** A flat file of one 300 mm wafer with `count` defects in 10 mm dies, chunk by chunk. */
export function* manyDefects(count, lot = "BIG") {
  yield headOfMany(lot);
  let chunk = "";
  for (let number = 1; number <= count; number += 1) {
    // Die indices within -10..10 keep every defect within the radius.
    const [x, y] = [(number * 7) % 21 - 10, (number * 13) % 21 - 10];
    chunk += ` ${number} ${(number * 37) % 10000}.5 ${(number * 91) % 10000}.25 ${x} ${y} 0.5 ${number % 2} 1 0${number === count ? ";" : ""}\n`;
    if (chunk.length > 60_000) {
      yield chunk;
      chunk = "";
    }
  }
  yield `${chunk}EndOfFile;\n`;
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * A flat file of one 300 mm wafer with `count` defects in 10 mm dies, chunk by chunk: most of them anywhere, a tenth along a
 * scratch, a tenth on a ring.
 */
export function* patternedDefects(count, seed = 5, lot = "MILLION") {
  yield headOfMany(lot);
  const random = seeded(seed);
  let chunk = "";
  for (let number = 1; number <= count; number += 1) {
    const share = number % 10;
    let [x, y] = [0, 0];
    if (share === 1) {
      const along = random();
      x = -90 + 150 * along + (random() - 0.5) * 0.4;
      y = -40 + 60 * along + 25 * Math.sin(along * 2) + (random() - 0.5) * 0.4;
    } else {
      const radius = share === 2 ? 118 + 4 * (random() - 0.5) : 147 * Math.sqrt(random());
      const angle = 2 * Math.PI * random();
      [x, y] = [radius * Math.cos(angle), radius * Math.sin(angle)];
    }
    // The wafer centre is the middle of die (0,0), whose lower left corner is at -5, -5 mm.
    const [column, row] = [Math.floor((x + 5) / 10), Math.floor((y + 5) / 10)];
    const inside = (value, die) => ((value + 5 - 10 * die) * 1000).toFixed(3);
    chunk += ` ${number} ${inside(x, column)} ${inside(y, row)} ${column} ${row} ${(0.2 + random()).toFixed(3)} ${share === 0 ? 0 : 1} 1 0${number === count ? ";" : ""}\n`;
    if (chunk.length > 60_000) {
      yield chunk;
      chunk = "";
    }
  }
  yield `${chunk}EndOfFile;\n`;
}

/** `count` points at random on a ring around the centre of a wafer, mm. */
export function onRing(count, innerMm, outerMm, random) {
  return Array.from({ length: count }, () => {
    const radius = Math.sqrt(innerMm ** 2 + random() * (outerMm ** 2 - innerMm ** 2));
    const angle = random() * 2 * Math.PI;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/**
 * Some 12,000 points `[x, y, class]`, mm, as a wafer with dense clusters has them: 30 heaps of 400, each denser towards its
 * middle, and 150 points that mostly stand alone.
 */
export function denseClusters(random) {
  const heaps = onRing(30, 20, 130, random).flatMap(([x, y], heap) => {
    const width = 0.5 + 3.5 * random();
    return Array.from({ length: 400 }, () => {
      const [away, angle] = [width * random() ** 2, 2 * Math.PI * random()];
      return [x + away * Math.cos(angle), y + away * Math.sin(angle), 1 + (heap % 3)];
    });
  });
  return [...heaps, ...onRing(150, 0, 146, random).map(([x, y]) => [x, y, 1])];
}

/** Whether a die lies on the wafer as a whole: only these are inspected. */
function isWhole(column, row) {
  return Math.hypot(Math.abs(column) * 10 + 5, Math.abs(row) * 10 + 5) < 147;
}

/** Whether `waferFile` says that the die at a point was inspected. */
const isInspected = ([x, y]) => isWhole(Math.floor((x + 5) / 10), Math.floor((y + 5) / 10));

/** `count` points at random on the dies that `waferFile` says were inspected, mm. */
export function onInspectedDies(count, random) {
  return onRing(2 * count, 0, 150, random).filter(isInspected).slice(0, count);
}

/** `count` points at random near the rim, beside those dies, mm. */
export function besideInspectedDies(count, random) {
  return onRing(10 * count, 140, 146, random).filter((point) => !isInspected(point)).slice(0, count);
}

/**
 * A flat file of one 300 mm wafer with defects `[x, y]` or `[x, y, class]` in mm from its centre, in 10 mm dies, numbered
 * from 1.
 */
export function waferFile(lot, points, { dies = true } = {}) {
  const rows = points.map(([x, y, kind = 1], place) => {
    const [column, row] = [Math.floor((x + 5) / 10), Math.floor((y + 5) / 10)];
    const [left, up] = [x + 5 - column * 10, y + 5 - row * 10].map((mm) => (mm * 1000).toFixed(3));
    return ` ${place + 1} ${left} ${up} ${column} ${row} 0.5 ${kind} 1 0`;
  });
  const plan = [];
  for (let column = -14; dies && column <= 14; column += 1) {
    for (let row = -14; row <= 14; row += 1) {
      if (isWhole(column, row)) plan.push(` ${column} ${row}`);
    }
  }
  const classes = 1 + Math.max(1, ...points.map(([, , kind = 1]) => kind));
  return [
    head({ lot, station: "PAT-01", area_um2: 6.8e10, plan, classes }),
    rows.length ? `DefectList\n${rows.join("\n")};` : "DefectList;",
    "EndOfFile;\n",
  ].join("\n");
}
