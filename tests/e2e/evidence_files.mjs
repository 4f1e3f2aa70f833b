// Images and spectra of our own making, the same on every run.
import { deflateSync } from "node:zlib";

/** A grey PNG of `size` by `size` pixels: `grey(x, y)` gives 0 to 255. */
export function png(size, grey) {
  const rows = Buffer.alloc((size + 1) * size);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) rows[y * (size + 1) + 1 + x] = grey(x, y);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A bright disc of radius 40 px in the middle of a dark ground with some grain. */
export function disc(size = 256, bright = 200) {
  const random = noise(size + bright);
  return png(size, (x, y) => (Math.hypot(x - size / 2, y - size / 2) < 40 ? bright : 70) + Math.floor(random() * 16));
}

/** An EMSA/MSA file: `lines` are `[keV, counts in the peak]` over a falling background. */
export function emsa(lines) {
  const random = noise(lines.length);
  const counts = Array.from({ length: 1024 }, (_, channel) => {
    const energy = channel * 0.01;
    // Full width at half maximum 130 eV at Mn Ka, narrower below.
    const sigma = (at) => Math.sqrt(0.13 ** 2 + (2.5 / 1000) * (at - 5.895)) / 2.355;
    const peaks = lines.map(([at, area]) => (area * 0.01 * Math.exp(-((energy - at) ** 2) / (2 * sigma(at) ** 2))) / (sigma(at) * 2.507));
    const mean = 60 * Math.exp(-energy / 4) * (1 - Math.exp(-energy * 3)) + peaks.reduce((sum, peak) => sum + peak, 0);
    // Near enough to a Poisson number: the sum of three uniform ones has a variance of 1/4.
    const spread = (random() + random() + random() - 1.5) * 2;
    return Math.max(0, Math.round(mean + spread * Math.sqrt(mean)));
  });
  const head = [
    "#FORMAT      : EMSA/MAS Spectral Data File", "#VERSION     : 1.0", "#TITLE       : Particle", "#DATE        : 01-OCT-2026", "#TIME        : 08:30",
    "#OWNER       : WaferMaps", "#NPOINTS     : 1024", "#NCOLUMNS    : 1", "#XUNITS      : keV", "#YUNITS      : counts", "#DATATYPE    : Y",
    "#XPERCHAN    : 0.01", "#OFFSET      : 0", "#SIGNALTYPE  : EDS", "#BEAMKV      : 15", "#LIVETIME    : 60", "#SPECTRUM    :",
  ];
  return Buffer.from([...head, ...counts.map((count) => `${count},`), "#ENDOFDATA   :", ""].join("\r\n"), "latin1");
}

/** Iron on silicon with a little oxygen: line energies of the X-ray Data Booklet, LBNL. */
export const IRON = [[6.404, 60_000], [7.058, 8_000], [0.705, 15_000], [1.74, 50_000], [0.525, 6_000]];

/** Numbers from 0 to 1, the same for the same seed. */
function noise(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
