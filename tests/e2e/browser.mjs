// A headless Chromium whose every console error fails the test that caused it.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { ROOT } from "./server.mjs";

const OUT = join(ROOT, "tests/e2e/out");
// The README's pictures; `WAFERMAPS_PICTURES=docs/images scripts/test browser` makes them anew.
const IN_README = new Set(["dashboard", "inspection", "trends", "pareto", "defect", "gallery", "wafer", "imports"]);
const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
];

export async function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/** A page of its own session, with what went wrong in it collected in `page.faults`. */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
    timezoneId: "UTC",
    locale: "en-GB",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.faults = [];
  page.on("console", (message) => {
    if (message.type() === "error") page.faults.push(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => page.faults.push(String(error)));
  return page;
}

export function assertNoFaults(page) {
  assert.deepEqual(page.faults, [], "errors on the browser's console");
}

/** Keeps a picture of the page. */
export async function picture(page, name) {
  const wanted = process.env.WAFERMAPS_PICTURES;
  const folder = wanted && IN_README.has(name) ? join(ROOT, wanted) : OUT;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** The colour of one pixel of a canvas as `[r, g, b]`, at a point in CSS pixels from its upper left. */
export async function pixel(canvas, x, y) {
  const ratio = await canvas.evaluate((node) => node.width / node.clientWidth);
  return canvas.evaluate(
    (node, [px, py]) => Array.from(node.getContext("2d").getImageData(px, py, 1, 1).data.slice(0, 3)),
    [Math.round(x * ratio), Math.round(y * ratio)],
  );
}
