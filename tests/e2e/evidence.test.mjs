// The evidence behind a defect: image and spectrum to look at, a verdict, many verdicts from the gallery.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertNoFaults, launch, open, picture, pixel } from "./browser.mjs";
import { IRON, disc, emsa } from "./evidence_files.mjs";
import { WaferMap, numberIn, settled, signIn } from "./pages.mjs";
import { ROOT, Server } from "./server.mjs";

const FILE = "FB4024_M1-CMP.klarf";
const SIZE = 256;

let server;
let browser;
let call;
let inspection;
let particles;
before(async () => {
  [server, browser] = [await Server.start(), await launch()];
  call = await server.api();
  const sent = await server.importFiles(call, [[FILE, readFileSync(join(ROOT, "samples", FILE))]]);
  assert.equal(sent.data.state, "succeeded");
  inspection = sent.data.files[0].inspections[0].inspection_id;
  const { data: types } = await call("GET", "/defect-types?per_page=100");
  const particle = types.find((type) => type.name === "Particle").defect_type_id;
  const listed = await call("GET", `/inspections/${inspection}/defects?defect_type=${particle}&per_page=8`);
  particles = listed.data;
  // The first gets its evidence by hand, below; the others have theirs already.
  for (const [index, defect] of particles.slice(1, 6).entries()) {
    const form = new FormData();
    form.append("files", new Blob([disc(SIZE, 180 + index)]), `defect-${defect.defect_no}.png`);
    const added = await call("POST", `/defects/${defect.defect_id}/sem?pixel_size_nm=2.5`, form);
    assert.equal(added.status, 201, JSON.stringify(added.error));
  }
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function signedIn(username = "admin", password = server.adminPassword(), options = {}) {
  const page = await open(browser, server.url, options);
  await signIn(page, username, password);
  return page;
}

const pageOf = (defect) => `/inspections/${inspection}/defects/${defect.defect_no}`;

/** The viewer's canvas once the picture is on it. */
async function painted(page) {
  const canvas = page.locator("canvas.viewer-canvas");
  await canvas.waitFor();
  await settled(page);
  await page.waitForFunction((node) => node.dataset.image !== undefined, await canvas.elementHandle());
  await page.waitForTimeout(150);
  return canvas;
}

/** Where a pixel of the picture lies on the canvas, in CSS pixels. */
async function place(canvas, x, y) {
  const [zoom, left, top] = await canvas.evaluate((node) => ["zoom", "left", "top"].map((name) => Number(node.dataset[name])));
  return [left + x * zoom, top + y * zoom];
}

test("an image and a spectrum that are added by hand are drawn, and Fe is among the elements", async () => {
  const page = await signedIn();
  await page.goto(pageOf(particles[0]));
  await page.getByText("No image of this defect").waitFor();
  await page.locator('input[name="evidence"]').setInputFiles([
    { name: "sem.png", mimeType: "image/png", buffer: disc(SIZE) },
    { name: "particle.msa", mimeType: "application/octet-stream", buffer: emsa(IRON) },
    { name: "letter.png", mimeType: "image/png", buffer: Buffer.from("Dear colleague") },
  ]);
  const sent = page.locator(".sendings li");
  await sent.filter({ hasText: "sem.png" }).getByText("added").waitFor();
  await sent.filter({ hasText: "particle.msa" }).getByText("added").waitFor();
  await sent.filter({ hasText: "letter.png" }).getByText("refused").waitFor();

  const canvas = await painted(page);
  const [middle] = await pixel(canvas, ...(await place(canvas, SIZE / 2, SIZE / 2)));
  const [corner] = await pixel(canvas, ...(await place(canvas, 10, 10)));
  assert.ok(middle > 190 && corner > 60 && corner < 100, `the disc is ${middle}, the ground ${corner}`);

  await page.getByText("No pixel size: lengths are in pixels").waitFor();
  const drawing = page.locator('[data-chart="spectrum"] .chart-drawing');
  await drawing.locator("canvas").first().waitFor();
  const colours = await drawing.locator("canvas").first().evaluate((node) => {
    const { data } = node.getContext("2d").getImageData(0, 0, node.width, node.height);
    const seen = new Set();
    for (let at = 0; at < data.length; at += 4) seen.add(`${data[at] >> 5},${data[at + 1] >> 5},${data[at + 2] >> 5},${data[at + 3] >> 5}`);
    return seen.size;
  });
  assert.ok(colours > 6, `a drawn spectrum has more than ${colours} colours`);
  const elements = page.getByRole("region", { name: "Elements" });
  assert.ok(await elements.getByRole("checkbox", { name: /^Fe/ }).isChecked());
  await elements.getByText("Evidence, not certainty", { exact: false }).waitFor();
  const facts = page.locator(".fact", { hasText: "Elements" });
  await facts.getByText(/\bFe\b/).waitFor();
  await picture(page, "evidence-defect");
  // The refused file is a 400 on the console by nature; nothing else may be there.
  assert.deepEqual(page.faults.filter((fault) => !fault.includes("/sem")), []);
});

test("a measured distance and the scale bar follow from the pixel size that an engineer sets", async () => {
  const page = await signedIn();
  await page.goto(pageOf(particles[0]));
  const canvas = await painted(page);
  await page.getByRole("button", { name: "Set pixel size" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Side of a pixel, nm").fill("10");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("10.0 nm/px").waitFor();

  await page.getByRole("button", { name: "Measure" }).click();
  const box = await canvas.boundingBox();
  const [from, to] = [await place(canvas, 50, 60), await place(canvas, 170, 60)];
  await page.mouse.move(box.x + from[0], box.y + from[1]);
  await page.mouse.down();
  await page.mouse.move(box.x + (from[0] + to[0]) / 2, box.y + to[1], { steps: 4 });
  await page.mouse.move(box.x + to[0], box.y + to[1], { steps: 4 });
  await page.mouse.up();
  const told = await page.getByText(/^Distance .* µm$/).textContent();
  const measured = Number(told.match(/[\d.]+/)[0]);
  assert.ok(Math.abs(measured - 1.2) < 0.03, `120 px of 10 nm are 1.2 um, not ${told}`);
  // The line lies on the canvas over the picture, and so does the bar in its corner.
  const overlay = page.locator("canvas.viewer-overlay");
  const drawn = await overlay.evaluate((node) => {
    const { data } = node.getContext("2d").getImageData(0, 0, node.width, node.height);
    let white = 0;
    let yellow = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] > 200 && data[at] > 240 && data[at + 1] > 240 && data[at + 2] > 240) white += 1;
      if (data[at + 3] > 200 && data[at] > 240 && data[at + 2] < 120) yellow += 1;
    }
    return { white, yellow };
  });
  assert.ok(drawn.white > 100 && drawn.yellow > 100, JSON.stringify(drawn));
  await page.keyboard.press("Escape");
  await page.getByText(/^Distance/).waitFor({ state: "detached" });
  assert.equal(await page.getByRole("button", { name: "Measure" }).getAttribute("aria-pressed"), "false");
  assertNoFaults(page);
});

test("zoom keeps the point under the cursor, Auto spreads the grey values, the screen can be filled", async () => {
  const page = await signedIn();
  await page.goto(pageOf(particles[1]));
  const canvas = await painted(page);
  const box = await canvas.boundingBox();
  const before_ = await place(canvas, 100, 140);
  await page.mouse.move(box.x + before_[0], box.y + before_[1]);
  await page.mouse.wheel(0, -400);
  await page.waitForTimeout(200);
  const after_ = await place(canvas, 100, 140);
  assert.ok(Math.hypot(after_[0] - before_[0], after_[1] - before_[1]) < 2, `${before_} moved to ${after_}`);
  await page.getByRole("button", { name: "Fit" }).click();
  await page.getByRole("button", { name: "Auto" }).click();
  await page.waitForTimeout(200);
  const [ground] = await pixel(canvas, ...(await place(canvas, 10, 10)));
  assert.ok(ground < 45, `the dark ground is spread to black, not to ${ground}`);
  await page.getByRole("button", { name: "Full screen" }).click();
  await page.waitForFunction(() => document.fullscreenElement?.classList.contains("viewer"));
  await page.getByRole("button", { name: "Full screen" }).click();
  await page.waitForFunction(() => document.fullscreenElement === null);
  assertNoFaults(page);
});

test("keys go from defect to defect, classify, and do nothing while somebody writes", async () => {
  const page = await signedIn();
  await page.goto(pageOf(particles[1]));
  await page.getByRole("heading", { level: 1, name: `Defect ${particles[1].defect_no}`, exact: true }).waitFor();
  await settled(page);
  await page.keyboard.press("n");
  await page.waitForURL((url) => !url.pathname.endsWith(`/${particles[1].defect_no}`));
  await settled(page);
  await page.keyboard.press("p");
  await page.waitForURL((url) => url.pathname.endsWith(`/${particles[1].defect_no}`));
  await settled(page);
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByLabel("Notes").fill("n r 1");
  assert.ok(page.url().endsWith(`/${particles[1].defect_no}`));
  await page.getByRole("button", { name: "Save notes" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("r");
  await page.getByRole("radio", { name: "Reviewed" }).and(page.locator(":checked")).waitFor();
  const { data } = await call("GET", `/defects/${particles[1].defect_id}`);
  assert.deepEqual([data.defect.notes, data.defect.review_status, data.defect.defect_type], ["n r 1", "reviewed", "Particle"]);
  assertNoFaults(page);
});

test("three defects are classified from the gallery by keyboard, and the Pareto and the history follow", async () => {
  const page = await signedIn();
  const pareto = async () => {
    const { data } = await call("GET", "/analytics/pareto?by=type");
    return Object.fromEntries(data.rows.map((row) => [row.label, row.count]));
  };
  const counted = await pareto();
  await page.goto(`/inspections/${inspection}?view=gallery`);
  const list = page.getByRole("listbox", { name: "Images of the inspection" });
  await list.waitFor();
  await settled(page);
  await list.getByRole("option").nth(5).waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".tile img").length === 6);
  await picture(page, "evidence-gallery");

  await list.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Space");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await page.getByText("3 defects chosen").waitFor();
  const chosen = await list.locator('[aria-selected="true"]').evaluateAll((tiles) => tiles.map((tile) => Number(tile.getAttribute("aria-label").match(/\d+/)[0])));
  assert.equal(chosen.length, 3);
  // The map's legend counts what the table counts.
  const legend = page.locator(".wafer-legend li", { hasText: "Residue" }).locator(".wafer-type-count");
  const onMap = numberIn(await legend.innerText());
  const residue = page.locator(".type-key", { hasText: "Residue" });
  await page.keyboard.press(await residue.locator("kbd").innerText());
  await page.getByText("3 defects now Residue.").waitFor();
  await settled(page);
  assert.equal(numberIn(await legend.innerText()), onMap + 3);

  const now = await pareto();
  assert.deepEqual([now.Residue, now.Particle], [counted.Residue + 3, counted.Particle - 3]);
  await page.goto("/pareto");
  await page.locator('[data-chart="pareto"] button.chart-datum', { hasText: "Residue" }).waitFor({ state: "attached" });
  const row = page.locator("tr", { has: page.getByRole("button", { name: "Residue", exact: true }) }).last();
  assert.match(await row.innerText(), new RegExp(`\\b${counted.Residue + 3}\\b`));

  await page.goto(`/inspections/${inspection}/defects/${chosen[0]}`);
  await page.getByText("History", { exact: true }).click();
  const change = page.locator(".history > li").first();
  await change.getByText("admin", { exact: false }).waitFor();
  assert.match(await change.innerText(), /type/i);
  assertNoFaults(page);
});

test("a click on the map chooses in the gallery, and Fe leaves the analysed particle alone", async () => {
  const page = await signedIn();
  await page.goto(`/inspections/${inspection}?view=gallery`);
  const list = page.getByRole("listbox", { name: "Images of the inspection" });
  await list.waitFor();
  const map = new WaferMap(page);
  await map.ready();
  await page.waitForTimeout(300);
  const wanted = particles[5];
  await map.click(wanted.x_mm, wanted.y_mm);
  await list.locator('[aria-selected="true"]').and(page.getByRole("option", { name: new RegExp(`^Defect ${wanted.defect_no},`) })).waitFor();

  await page.goto(`/inspections/${inspection}?view=gallery&element=Fe`);
  await page.getByText("1 of 6 images").waitFor();
  await page.getByRole("button", { name: "Remove Element: Fe" }).waitFor();
  await page.getByText("Only defects whose spectra speak for Fe", { exact: false }).waitFor();
  const types = page.locator(".wafer-legend li");
  await page.waitForFunction(() => document.querySelectorAll(".wafer-legend li").length === 1);
  // Reclassified from the gallery in the test before.
  assert.match(await types.first().innerText(), /Residue\s*1/);
  await page.goto("/pareto?by=element");
  await page.locator('[data-chart="pareto"] button.chart-datum', { hasText: "Fe" }).waitFor({ state: "attached" });
  await page.locator(".chart-note", { hasText: "Counts only defects with a spectrum" }).waitFor();
  assertNoFaults(page);
});

test("of thousands of images only those in sight are in the page and are asked for", async () => {
  const page = await signedIn();
  let thumbnails = 0;
  await page.route("**/api/v1/images/*/thumbnail", (route) => {
    thumbnails += 1;
    return route.fulfill({ status: 200, contentType: "image/png", body: disc(32) });
  });
  await page.route("**/api/v1/inspections/*/gallery", async (route) => {
    const answer = await (await route.fetch()).json();
    const [first] = answer.data.items;
    answer.data.items = Array.from({ length: 5000 }, (_, index) => ({
      ...first,
      image_id: `00000000-0000-7000-8000-${String(index).padStart(12, "0")}`,
      defect_no: index + 1,
    }));
    return route.fulfill({ json: answer });
  });
  await page.goto(`/inspections/${inspection}?view=gallery`);
  await page.getByText("5,000 images").waitFor();
  const list = page.getByRole("listbox", { name: "Images of the inspection" });
  await list.focus();
  await page.keyboard.press("End");
  await page.getByRole("option", { name: /^Defect 5000,/ }).waitFor();
  // The list scrolls to its end, in as many frames as the machine has for that.
  await page.waitForFunction(() => {
    const last = document.querySelector(".tile.is-cursor")?.getBoundingClientRect();
    const frame = document.querySelector(".tile.is-cursor")?.closest('[role="listbox"]').getBoundingClientRect();
    return last && last.top >= frame.top && last.bottom <= frame.bottom;
  });
  const tiles = await list.evaluate((node) => node.querySelectorAll(".tile").length);
  assert.ok(tiles < 100, `${tiles} tiles are in the page`);
  assert.ok(thumbnails < 250, `${thumbnails} thumbnails were asked for`);
  await page.keyboard.press("Control+a");
  await page.getByText("5,000 defects chosen").waitFor();
  assertNoFaults(page);
});

test("an image that cannot be fetched says so and comes on the second try", async () => {
  const page = await signedIn();
  let tries = 0;
  await page.route("**/api/v1/images/*/content", (route) => {
    tries += 1;
    return tries === 1 ? route.abort() : route.continue();
  });
  await page.goto(pageOf(particles[2]));
  await page.getByText("No connection to the server").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await painted(page);
  assert.equal(await page.getByText("No connection to the server").count(), 0);
  // The broken request is on the console by nature; nothing else may be there.
  assert.deepEqual(page.faults.filter((fault) => !fault.includes("ERR_FAILED")), []);
});

test("a viewer looks but does not change, on a phone", async () => {
  const made = await call("POST", "/users", { username: "vera", display_name: "Vera", role: "viewer", password: "nothing to be changed" });
  assert.equal(made.status, 201);
  const page = await signedIn("vera", "nothing to be changed", { viewport: { width: 390, height: 844 }, hasTouch: true });
  await page.goto(pageOf(particles[0]));
  await painted(page);
  await page.getByText("Engineers can change it.").waitFor();
  assert.equal(await page.getByText("Add images or spectra").count(), 0);
  assert.equal(await page.getByRole("button", { name: "Edit image" }).count(), 0);
  await page.keyboard.press("r");
  const { data } = await call("GET", `/defects/${particles[0].defect_id}`);
  assert.equal(data.defect.review_status, "detected");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `the page is ${wide} px wide`);
  assertNoFaults(page);
});
