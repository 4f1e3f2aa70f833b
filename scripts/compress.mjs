// Writes FILE.br and FILE.gz beside every text and wasm file of a folder, and tells the sizes:
// the server hands them out as they are, so compressing hard costs nothing at run time.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node scripts/compress.mjs FOLDER");
  process.exit(2);
}

const wanted = /\.(css|html|js|json|svg|wasm)$/;
let plain = 0;
let compressed = 0;
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath ?? entry.path, entry.name);
  if (!entry.isFile() || !wanted.test(entry.name)) continue;
  const bytes = readFileSync(path);
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  writeFileSync(`${path}.br`, brotli);
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  plain += statSync(path).size;
  compressed += brotli.length;
}
const kB = (bytes) => `${Math.round(bytes / 1000)} kB`;
console.log(`${folder}: ${kB(plain)}, ${kB(compressed)} compressed (brotli)`);
