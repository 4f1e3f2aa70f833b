// A headless Chromium whose every console error fails the test that caused it.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { ROOT } from "./server.mjs";

const OUT = join(ROOT, "tests/e2e/out");
// The README's pictures; `WAFERMAPS_PICTURES=docs/images scripts/test browser` makes them anew.
const IN_README = new Set([
  ...["dashboard", "inspection", "trends", "pareto", "defect", "gallery", "wafer", "imports"],
  ...["signatures", "lot", "stack-field", "adders"],
]);
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

/**
 * A page of its own session, with what went wrong in it collected in `page.faults`.
 *
 * `withoutCard`: the browser has no WebGL 2.
 * `keepsPictures`: what WebGL has drawn can be read at any time, which costs a copy a frame; without it browsers throw the
 * picture away once it is on the screen.
 */
export async function open(browser, url, { keepsPictures = true, withoutCard = false, ...options } = {}) {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
    timezoneId: "UTC",
    locale: "en-GB",
    ...options,
  });
  if (withoutCard) {
    await context.addInitScript(() => {
      const get = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function (kind, wanted) {
        return kind === "webgl2" ? null : get.call(this, kind, wanted);
      };
    });
  } else if (keepsPictures) {
    await context.addInitScript(() => {
      const get = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function (kind, wanted) {
        return get.call(this, kind, kind === "webgl2" ? { ...wanted, preserveDrawingBuffer: true } : wanted);
      };
    });
  }
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

/** Keeps a picture of the page, from its head on. */
export async function picture(page, name) {
  const wanted = process.env.WAFERMAPS_PICTURES;
  const folder = wanted && IN_README.has(name) ? join(ROOT, wanted) : OUT;
  mkdirSync(folder, { recursive: true });
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** The colour of one pixel of a canvas as `[r, g, b]`, at a point in CSS pixels from its upper left. */
export async function pixel(canvas, x, y) {
  return (await pixels(canvas, [[x, y]]))[0];
}

/** The colours of several pixels; of a wafer map with the defects that WebGL has drawn above it. */
export async function pixels(canvas, places) {
  return canvas.evaluate((node, points) => {
    const sheet = new OffscreenCanvas(node.width, node.height);
    const context = sheet.getContext("2d", { willReadFrequently: true });
    context.drawImage(node, 0, 0);
    const above = node.classList.contains("wafer-canvas") && node.parentElement.querySelector(".wafer-points");
    if (above && node.dataset.renderer === "webgl2") context.drawImage(above, 0, 0);
    const ratio = node.width / node.clientWidth;
    const at = (value) => Math.floor(value * ratio);
    return points.map(([x, y]) => Array.from(context.getImageData(at(x), at(y), 1, 1).data.slice(0, 3)));
  }, places);
}
