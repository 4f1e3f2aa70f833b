// Bundles the part of Apache ECharts that the SPA uses into frontend/vendor/, under a name with the
// hash of its content, and writes that name to frontend/vendor/echarts.name for frontend/build.rs.
// `node scripts/vendor.mjs`; trunk calls it before each build. Does nothing where nothing changed.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

const frontend = join(dirname(fileURLToPath(import.meta.url)), "..", "frontend");
const vendor = join(frontend, "vendor");

let esbuild;
try {
  esbuild = await import("esbuild");
} catch {
  console.error("vendor: esbuild is missing; run `npm ci` in the root of the repository first");
  process.exit(1);
}

const { outputFiles } = await esbuild.build({
  entryPoints: [join(frontend, "echarts-entry.js")],
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  globalName: "wafermapsCharts",
  target: "es2020",
  legalComments: "none",
  banner: { js: "/*! Apache ECharts and ZRender; Apache-2.0 and BSD-3-Clause, see vendor/NOTICE.txt */" },
  define: { "process.env.NODE_ENV": '"production"' },
});
const script = outputFiles[0].contents;
const name = `echarts-${createHash("sha256").update(script).digest("hex").slice(0, 16)}.js`;

mkdirSync(vendor, { recursive: true });
const kept = readdirSync(vendor);
if (kept.includes(name) && kept.includes("echarts.name")) process.exit(0);
for (const old of kept) rmSync(join(vendor, old));
writeFileSync(join(vendor, name), script);
writeFileSync(join(vendor, "NOTICE.txt"), notices());
writeFileSync(join(vendor, "echarts.name"), name);
const kilobytes = (bytes) => `${Math.round(bytes.length / 1000)} kB`;
console.log(`vendor: ${name}, ${kilobytes(script)}, ${kilobytes(brotliCompressSync(script))} compressed`);

/** The licences ask that their notices go with what is served. */
function notices() {
  const modules = join(frontend, "..", "node_modules");
  return ["echarts/NOTICE", "echarts/LICENSE", "zrender/LICENSE"]
    .map((file) => `${file}\n\n${readFileSync(join(modules, file), "utf8")}`)
    .join("\n\n");
}
