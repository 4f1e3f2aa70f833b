// The main job: sign in, drop inspection files, see them on charts, table and map, open a single defect.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertNoFaults, launch, open, picture, pixel } from "./browser.mjs";
import { WaferMap, chooseDatum, closeTo, importFiles, navigate, settled, signIn } from "./pages.mjs";
import { onRing, real, seeded, waferFile } from "./samples.mjs";
import { ROOT, Server } from "./server.mjs";

const COMPLUS = real("klarfkit-CPS3TwithoutReview.001");
const OWN_DENSE = join(mkdtempSync(join(tmpdir(), "wafermaps-")), "clusters.klarf");
writeFileSync(OWN_DENSE, waferFile("DENSE", onRing(12_345, 0, 145, seeded(12))));
// Path, lot and defects of files with many.
const DENSE = [[OWN_DENSE, "DENSE", "12,345"]];
const REAL_DENSE = real("wafermap-clustering-LAA_FAA_LAA-01.000");
if (REAL_DENSE) DENSE.push([REAL_DENSE, "LAA", "12,263"]);
// Path, and the line with a value too many.
const MALFORMED = [[join(ROOT, "tests/samples/klarf/flat-too-many-values.klarf"), 31]];
const REAL_MALFORMED = real("jklarfreader-bad12DefectList.klarf");
if (REAL_MALFORMED) MALFORMED.push([REAL_MALFORMED, 29]);

let server;
let browser;
before(async () => {
  [server, browser] = [await Server.start(), await launch()];
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function signedIn() {
  const page = await open(browser, server.url);
  await signIn(page, "admin", server.adminPassword());
  return page;
}

test("a first visitor is led from an empty dashboard to the imports", async () => {
  const page = await signedIn();
  await page.getByText("No inspections yet").waitFor();
  await page.getByRole("link", { name: "Import files" }).click();
  await page.getByText("Drop KLARF files here").waitFor();
  assertNoFaults(page);
});

test("a wrong password says no more than that", async () => {
  const page = await open(browser, server.url);
  await page.goto("/");
  await page.getByLabel("Username").fill("admin");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("username or password is wrong", { exact: false }).waitFor();
  // A refused sign-in is a 401 on the console by nature; nothing else may be there.
  assert.deepEqual(page.faults.filter((fault) => !fault.includes("/auth/login")), []);
});

test("a file that is no KLARF file is refused and leaves nothing", async () => {
  const page = await signedIn();
  const path = join(mkdtempSync(join(tmpdir(), "wafermaps-")), "letter.klarf");
  writeFileSync(path, "Dear colleague,\nthe results follow tomorrow.\n");
  const card = await importFiles(page, [path]);
  await card.getByText("this is no KLARF file", { exact: false }).first().waitFor();
  await navigate(page, "Inspections");
  await page.getByText("No inspections", { exact: false }).first().waitFor();
  assertNoFaults(page);
});

// In addition to our own, below: places that were worked out by hand from a file of others.
if (COMPLUS) test("a real inspection goes from its file to the pixel where its defect lies", async () => {
  const page = await signedIn();
  const card = await importFiles(page, [COMPLUS]);
  await card.getByText("16 defects", { exact: true }).waitFor();
  await card.getByRole("link", { name: "HJU008:25 at IMD2_SRO" }).click();
  const map = new WaferMap(page);
  await map.ready();
  await page.getByText("Wafer map, 16 defects").waitFor();

  // Worked out by hand from the file: -35*2489.96 + 552.64 - 2394.80 um and -9*2259.92 + 1043.08 - 2090.32 um.
  const point = [-88.99076, -21.38652];
  const colour = await map.colourOf("Undefined");
  // The map is fitted and painted in the frames after its data has come.
  let painted;
  for (let frame = 0; frame < 30; frame += 1) {
    painted = await pixel(map.canvas, ...(await map.place(...point)));
    if (Math.abs(painted[0] - colour[0]) < 40) break;
    await page.waitForTimeout(100);
  }
  closeTo(painted, colour, 40, "colour of defect 1");
  await picture(page, "main-job-inspection");

  await page.getByRole("link", { name: "1", exact: true }).first().click();
  await page.getByRole("heading", { level: 1, name: /Defect 1\b/ }).waitFor();
  await page.getByText("-88.990", { exact: false }).or(page.getByText("−88.990", { exact: false })).first().waitFor();
  await page.goBack();
  await page.getByText("Wafer map, 16 defects").waitFor();
  assertNoFaults(page);
});

test("our own inspection goes from its file to the pixels where its defects lie", async () => {
  const path = join(ROOT, "samples/FB4022_M1-CMP.klarf");
  const page = await signedIn();
  const card = await importFiles(page, [path]);
  await card.getByRole("link", { name: "FB4022:01 at M1-CMP" }).click();
  await page.getByText("Wafer map, 72 defects").waitFor();
  const map = new WaferMap(page);
  await map.ready();
  await page.locator(".wafer-legend").waitFor();
  const rows = readFileSync(path, "latin1").split("DefectList\n")[1].split("\n").slice(0, 72).map((row) => row.trim().split(/[ ;]+/));
  const names = ["Unclassified", "Particle", "Scratch", "Residue", "Bridge", "Pit", "Missing pattern"];
  await page.waitForTimeout(500);
  for (const [number, xRel, yRel, xIndex, yIndex, , , , , type] of rows.slice(0, 10)) {
    // Die pitch 12.4 x 9.8 mm, the wafer centre 6.2, 4.9 mm from the corner of die (0,0): the file's header.
    const place = await map.place(xIndex * 12.4 + xRel / 1000 - 6.2, yIndex * 9.8 + yRel / 1000 - 4.9);
    closeTo(await pixel(map.canvas, ...place), await map.colourOf(names[type]), 40, `colour of defect ${number}`);
  }
  assertNoFaults(page);
});

for (const [path, lot, total] of DENSE) {
  test(`the ${total} defects of lot ${lot} are counted alike by table, map and charts`, async () => {
    const isTold = (text) => text.includes(total) || text.includes(total.replace(",", ""));
    const page = await signedIn();
    const card = await importFiles(page, [path]);
    await card.getByText(`${total} defects`, { exact: true }).waitFor();
    await card.getByRole("link", { name: new RegExp(`${lot}:01`) }).click();
    await page.getByText(`Wafer map, ${total} defects`).waitFor();
    const map = new WaferMap(page);
    await map.ready();
    await page.getByText(total).nth(1).waitFor();

    await page.goto(`/trends?lot=${lot}`);
    await page.locator('[data-chart] button.chart-datum').first().waitFor({ state: "attached" });
    const trend = await page.locator('[data-chart] .chart-table tbody').first().textContent();
    assert.ok(isTold(trend), trend);
    await page.goto(`/pareto?lot=${lot}`);
    await page.locator('[data-chart="pareto"] button.chart-datum').first().waitFor({ state: "attached" });
    const pareto = await page.locator('[data-chart="pareto"] .chart-table tbody').textContent();
    assert.ok(isTold(pareto), pareto);
    assertNoFaults(page);
  });
}

test("the same file twice adds nothing", async () => {
  const page = await signedIn();
  const call = await server.api();
  const before_ = await call("GET", "/inspections");
  const path = join(ROOT, "samples/FB4022_M1-CMP.klarf");
  const card = await importFiles(page, [path]);
  await card.getByText("The same bytes were in already", { exact: false }).waitFor();
  const after_ = await call("GET", "/inspections");
  assert.equal(after_.pagination.total, before_.pagination.total);
  assertNoFaults(page);
});

test("a malformed defect row is refused with its line", async () => {
  const page = await signedIn();
  for (const [path, line] of MALFORMED) {
    const card = await importFiles(page, [path]);
    await card.getByText(`Line ${line}, column`, { exact: false }).first().waitFor();
  }
  assertNoFaults(page);
});

test("a click on a Pareto bar makes the other views follow, and the back button takes it back", async () => {
  const call = await server.api();
  const files = ["FB4024_M1-CMP.klarf", "FB4025_M1-CMP.klarf"];
  const sent = await server.importFiles(call, files.map((name) => [name, readFileSync(join(ROOT, "samples", name))]));
  assert.equal(sent.status, 201);
  const page = await signedIn();
  await page.goto("/?step=M1-CMP");
  await settled(page);
  const kpis = () => page.locator("main").innerText();
  const whole = await kpis();
  // The tallest bar is the first; a click anywhere above it counts.
  const drawing = page.locator('[data-chart="pareto"] .chart-drawing');
  const { width, height } = await drawing.boundingBox();
  await drawing.click({ position: { x: width * 0.24, y: height * 0.5 } });
  await page.waitForURL(/defect_type=\d+/);
  await settled(page);
  await page.getByRole("button", { name: /Remove.*Scratch/ }).waitFor();
  const narrowed = await kpis();
  assert.notEqual(narrowed, whole);
  // 694 scratches of 1,152 defects: counted in the files by their class column.
  const scratches = files.map((name) => readFileSync(join(ROOT, "samples", name), "latin1")).join("\n")
    .split("\n").filter((line) => /^ \d+ [\d.]+ [\d.]+ -?\d+ -?\d+ [\d.]+ [\d.]+ [\d.]+ [\d.]+ 2 1 /.test(line)).length;
  assert.ok(narrowed.includes(scratches.toLocaleString("en-GB")), `${scratches} scratches in:\n${narrowed}`);
  await page.goBack();
  await settled(page);
  assert.ok(!page.url().includes("defect_type"));
  await chooseDatum(page, "pareto", "Scratch");
  await page.waitForURL(/defect_type=\d+/);
  await settled(page);
  assert.equal(await kpis(), narrowed, "the keyboard does what the mouse does");
  await picture(page, "main-job-dashboard");
  assertNoFaults(page);
});
