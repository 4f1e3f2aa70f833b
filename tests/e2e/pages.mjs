// The pages as a user finds them: by role and label.
import assert from "node:assert/strict";
import { basename } from "node:path";

/** Signs in on the page that asks for it. */
export async function signIn(page, username, password) {
  await page.goto("/");
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  // Narrow screens keep the navigation in a drawer; the user's menu is always there.
  await page.locator(".topbar .menu-name").waitFor({ state: "attached" });
}

/** Goes to a page by the side navigation. */
export async function navigate(page, name) {
  await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  await settled(page);
}

/** Waits until nothing is loading any more. */
export async function settled(page) {
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
  await page.waitForLoadState("networkidle");
}

/** Imports files by the picker of the imports page and returns the card of their report. */
export async function importFiles(page, paths) {
  await navigate(page, "Imports");
  await page.locator('input[type="file"]').setInputFiles(paths);
  const title = paths.length === 1 ? basename(paths[0]) : `${paths.length} files`;
  const card = page.locator(".card", { has: page.getByRole("heading", { name: title }) }).first();
  await card.locator(".file-head").nth(paths.length - 1).waitFor({ timeout: 60_000 });
  return card;
}

/** The wafer map of a page. */
export class WaferMap {
  constructor(page) {
    this.page = page;
    this.canvas = page.locator("canvas.wafer-canvas").first();
  }

  async ready() {
    await this.canvas.waitFor();
    await settled(this.page);
    await this.page.waitForFunction((node) => node.dataset.mmPerPx !== undefined, await this.canvas.elementHandle());
  }

  /** Where a point of the wafer (mm from its centre, notch down) lies on the canvas, in CSS pixels. */
  async place(x_mm, y_mm) {
    const [scale, x, y] = await this.canvas.evaluate((node) => [
      Number(node.dataset.mmPerPx),
      Number(node.dataset.centreX),
      Number(node.dataset.centreY),
    ]);
    return [x + x_mm / scale, y - y_mm / scale];
  }

  /** A number that the map tells of what it has painted last, for example `inView`. */
  async told(name) {
    return this.canvas.evaluate((node, key) => Number(node.dataset[key]), name);
  }

  /** Waits until the map has painted what `condition`, given its data attributes, is true for. */
  async until(condition) {
    for (let tries = 0; tries < 600; tries += 1) {
      if (condition(await this.canvas.evaluate((node) => ({ ...node.dataset })))) return;
      await this.page.waitForTimeout(50);
    }
    throw new Error(`after 30 s the map still does not show ${condition}`);
  }

  /** Zooms by the wheel at a point of the wafer until a px is `mm` wide or less, and waits for the picture. */
  async zoomTo(x_mm, y_mm, mm) {
    const box = await this.canvas.boundingBox();
    for (let turns = 0; (await this.told("mmPerPx")) > mm; turns += 1) {
      if (turns > 100) throw new Error(`the map does not zoom to ${mm} mm a px`);
      const [x, y] = await this.place(x_mm, y_mm);
      await this.page.mouse.move(box.x + x, box.y + y);
      await this.page.mouse.wheel(0, -300);
      await this.frames(2);
    }
  }

  /** Waits for frames of the browser. */
  async frames(count) {
    await this.page.evaluate(async (left) => {
      for (let frame = 0; frame < left; frame += 1) await new Promise(requestAnimationFrame);
    }, count);
  }

  /** The colour of a type in the legend, as `[r, g, b]`. */
  async colourOf(type) {
    const mark = this.page.locator(".wafer-legend li", { hasText: type }).locator("svg path").first();
    const fill = await mark.evaluate((node) => getComputedStyle(node).fill);
    return fill.match(/\d+/g).slice(0, 3).map(Number);
  }

  /** Clicks at a point of the wafer. */
  async click(x_mm, y_mm) {
    const [x, y] = await this.place(x_mm, y_mm);
    await this.canvas.click({ position: { x, y } });
  }
}

/** Presses the button of a datum of a chart, as a keyboard user does. */
export async function chooseDatum(page, chart, name) {
  const datum = page.locator(`[data-chart="${chart}"] button.chart-datum`, { hasText: name }).first();
  await datum.waitFor({ state: "attached" });
  await datum.focus();
  await page.keyboard.press("Enter");
}

/** The first number in a text such as `Wafer map, 12,263 defects`. */
export function numberIn(text) {
  const found = text.match(/\d[\d,.\u202f\u00a0 ]*/);
  assert.ok(found, `a number in "${text}"`);
  return Number(found[0].replace(/[^\d]/g, ""));
}

export function closeTo(actual, expected, tolerance, what) {
  const far = actual.some((value, index) => Math.abs(value - expected[index]) > tolerance);
  assert.ok(!far, `${what}: ${actual} is not within ${tolerance} of ${expected}`);
}
