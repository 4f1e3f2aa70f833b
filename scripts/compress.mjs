// Writes FILE.br and FILE.gz beside every text and wasm file of a folder, and tells the sizes:
// the server hands them out as they are, so compressing hard costs nothing at run time.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node scripts/compress.mjs FOLDER");
  process.exit(2);
}

const wanted = /\.(css|html|js|json|svg|wasm)$/;
const sizes = [];
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath ?? entry.path, entry.name);
  if (!entry.isFile() || !wanted.test(entry.name)) continue;
  const bytes = readFileSync(path);
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  writeFileSync(`${path}.br`, brotli);
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  sizes.push({ path, plain: bytes.length, compressed: brotli.length });
}
const kB = (bytes) => `${Math.round(bytes / 1000)} kB`;
const tell = (name, { plain, compressed }) => console.log(`${name}: ${kB(plain)}, ${kB(compressed)} compressed (brotli)`);
sizes.sort((one, other) => other.compressed - one.compressed);
for (const size of sizes.filter(({ compressed }) => compressed > 10_000)) tell(size.path, size);
tell(folder, {
  plain: sizes.reduce((sum, { plain }) => sum + plain, 0),
  compressed: sizes.reduce((sum, { compressed }) => sum + compressed, 0),
});
