// Cuts the browser application's WebAssembly into the first load and the chunks of frontend/src/app/chunk.rs, which
// trunk cannot: `node scripts/split.mjs FOLDER`, where FOLDER is what `trunk build --release --features split` wrote.
//
// cargo's file is split (by its relocations, which wasm-bindgen would drop), the first load is bound, every part is
// optimised, and all of them replace trunk's own two files. They name each other, so they stand in one folder that
// carries the hash of them all: the server lets browsers keep it for ever.
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node scripts/split.mjs FOLDER");
  process.exit(2);
}
// What rustc lets its code use; parts have no section that would tell wasm-opt.
const FEATURES = ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"];

const { target_directory: target } = JSON.parse(
  execFileSync("cargo", ["metadata", "--no-deps", "--offline", "--format-version", "1"], { maxBuffer: 1 << 26 }),
);
const whole = join(target, "wasm32-unknown-unknown", "wasm-release", "frontend.wasm");
const work = mkdtempSync(join(folder, "split-"));
const parts = join(work, "parts");
const built = join(work, "built");
mkdirSync(parts);
mkdirSync(built);

execFileSync("wasm-split-cli", ["--out-name", "frontend", whole, parts], { stdio: "inherit" });
execFileSync(
  "wasm-bindgen",
  ["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", "frontend", "--out-dir", parts, join(parts, "frontend.wasm")],
  { stdio: "inherit" },
);
rmSync(join(parts, "frontend.wasm"));

const optimise = async (name) => {
  const options = ["-Oz", ...FEATURES.map((feature) => `--enable-${feature}`)];
  await promisify(execFile)("wasm-opt", [...options, join(parts, name), "-o", join(built, name)]);
};
const files = readdirSync(parts).sort();
const waiting = files.filter((name) => name.endsWith(".wasm"));
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    while (waiting.length > 0) await optimise(waiting.shift());
  }),
);
for (const name of files.filter((name) => !name.endsWith(".wasm"))) renameSync(join(parts, name), join(built, name));

const hash = createHash("sha256");
for (const name of files) hash.update(name).update(readFileSync(join(built, name)));
const home = `app-${hash.digest("hex").slice(0, 16)}`;
renameSync(built, join(folder, home));
rmSync(work, { recursive: true });

// The page asks for the new files, and for what they will ask for in turn.
const page = join(folder, "index.html");
let html = readFileSync(page, "utf8");
for (const [found, name] of [
  [/\/(frontend-[0-9a-f]+_bg\.wasm)/g, "frontend_bg.wasm"],
  [/\/(frontend-[0-9a-f]+\.js)/g, "frontend.js"],
]) {
  const replaced = new Set(Array.from(html.matchAll(found), (match) => match[1]));
  if (replaced.size !== 1) throw new Error(`split: ${page} names ${replaced.size} files like trunk's ${name}, not 1`);
  html = html.replaceAll(found, `/${home}/${name}`);
  rmSync(join(folder, ...replaced));
}
const charts = readdirSync(join(folder, "vendor")).find((name) => name.endsWith(".js"));
const links = [
  `<link rel="modulepreload" href="/${home}/__wasm_split.js" crossorigin="anonymous">`,
  // With what bandwidth is left: the first chart will want it, the first paint does not.
  `<link rel="prefetch" href="/vendor/${charts}" as="script">`,
];
writeFileSync(page, html.replace("</head>", `${links.join("\n")}\n</head>`));
