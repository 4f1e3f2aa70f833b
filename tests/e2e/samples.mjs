// Inspection files: real ones where the folder is at hand, our own everywhere.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./server.mjs";

const REAL = process.env.WAFERMAPS_KLARF_SAMPLES ?? join(ROOT, "../shared/klarf");

/** The path of a real file, or `null` where the folder is not there. */
export function real(name) {
  const path = join(REAL, name);
  return existsSync(path) ? path : null;
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

/** A flat file of one 300 mm wafer with `count` defects in 10 mm dies, chunk by chunk. */
export function* manyDefects(count, lot = "BIG") {
  yield [
    "FileVersion 1 2;",
    "FileTimestamp 10-01-2026 08:10:00;",
    'InspectionStationID "Maker" "Model" "BIG-01";',
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
    'ClassLookup 2\n 0 "Unclassified"\n 1 "Particle";',
    "InspectionTest 1;",
    "AreaPerTest 7.0000000000e+10;",
    "DefectRecordSpec 9 DEFECTID XREL YREL XINDEX YINDEX DSIZE CLASSNUMBER TEST CLUSTERNUMBER ;",
    "DefectList\n",
  ].join("\n");
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
