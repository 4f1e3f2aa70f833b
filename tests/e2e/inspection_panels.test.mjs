// What the analyses of an inspection say: on the map, in lists, and tied to the table of defects.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaults, launch, open, picture } from "./browser.mjs";
import { WaferMap, numberIn, settled, signIn } from "./pages.mjs";
import { besideInspectedDies, denseClusters, onInspectedDies, onRing, realFile, seeded, waferFile } from "./samples.mjs";
import { Server } from "./server.mjs";

let server;
let browser;
let call;
/** Ids of the inspections, by what is on their wafers. */
const inspections = {};

/** Points along a line, 0.15 mm to either side at most. */
function alongLine(count, [x0, y0], [x1, y1], random) {
  return Array.from({ length: count }, () => {
    const share = random();
    return [x0 + (x1 - x0) * share + (random() - 0.5) * 0.3, y0 + (y1 - y0) * share + (random() - 0.5) * 0.3];
  });
}

async function imported(name, text) {
  const sent = await server.importFiles(call, [[`${name}.klarf`, text]]);
  assert.equal(sent.data.state, "succeeded", name);
  inspections[name] = sent.data.files[0].inspections[0].inspection_id;
}

before(async () => {
  [server, browser] = [await Server.start(), await launch()];
  call = await server.api();
  const random = seeded(7);
  const planted = [
    ...onRing(150, 0, 145, random),
    ...onRing(160, 90, 96, random),
    ...alongLine(60, [-50, -30], [10, 10], random),
    ...onRing(40, 0, 3, random).map(([x, y]) => [x + 60, y - 80]),
  ];
  await imported("PLANTED", waferFile("PLANTED", planted));
  await imported("RANDOM", waferFile("RANDOM", onInspectedDies(150, seeded(11))));
  const beside = [...onInspectedDies(150, seeded(11)), ...besideInspectedDies(40, seeded(12))];
  await imported("BESIDE", waferFile("BESIDE", beside));
  await imported("CLEAN", waferFile("CLEAN", []));
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function signedIn(options) {
  const page = await open(browser, server.url, options);
  await signIn(page, "admin", server.adminPassword());
  return page;
}

/** Opens an inspection with a tab and waits for its map. */
async function opened(page, name, query = "") {
  await page.goto(`/inspections/${inspections[name]}${query}`);
  const map = new WaferMap(page);
  await map.ready();
  return map;
}

async function answer(path) {
  const found = await call("GET", path);
  assert.equal(found.status, 200, `${path}: ${JSON.stringify(found.error)}`);
  return found.data;
}

/** Numbers of the defects in the table, page after page. */
async function listed(page) {
  const table = page.getByRole("region", { name: "Defects", exact: true });
  const numbers = [];
  for (;;) {
    await settled(page);
    const texts = await table.locator("tbody tr td:first-child").allInnerTexts();
    numbers.push(...texts.map(Number));
    const next = page.getByRole("navigation", { name: "Pages of Defects" }).getByRole("button", { name: "Next page" });
    if (await next.isDisabled()) return numbers.sort((one, other) => one - other);
    const before = texts[0];
    await next.click();
    await page.waitForFunction(
      (first) => document.querySelector('[aria-label="Defects"] tbody td:first-child')?.innerText !== first,
      before,
    );
  }
}

test("the facts of a wafer with a planted ring and scratch begin with them", async () => {
  const page = await signedIn();
  await opened(page, "PLANTED");
  const found = await answer(`/inspections/${inspections.PLANTED}/signatures`);
  const kinds = found.found.map((signature) => signature.kind);
  assert.ok(kinds.includes("ring") && kinds.includes("scratch"), `planted, but found: ${kinds}`);
  const verdict = page.getByRole("region", { name: "What the wafer says" });
  assert.equal(await verdict.getAttribute("data-signature"), found.main);
  const lines = await verdict.getByRole("listitem").allInnerTexts();
  assert.deepEqual(lines.length, kinds.length);
  assert.ok(lines.some((line) => line.startsWith("Ring ")) && lines.some((line) => line.startsWith("Scratch ")), lines.join("\n"));
  // One click leads to what speaks for it.
  const place = kinds.indexOf("ring") + 1;
  await verdict.getByRole("button", { name: /^Ring / }).first().click();
  await page.waitForURL(/view=signatures/);
  assert.match(page.url(), new RegExp(`pick=signature%3A${place}`));
  assertNoFaults(page);
});

test("a picked signature marks its defects, and the table lists exactly these", async () => {
  const page = await signedIn();
  const map = await opened(page, "PLANTED", "?view=signatures&layer=none");
  const plain = await map.canvas.screenshot();
  await page.getByRole("radio", { name: "Signatures" }).check();
  await page.waitForURL(/layer=signatures/);
  await settled(page);
  await page.waitForTimeout(300);
  assert.notDeepEqual(await map.canvas.screenshot(), plain, "the layer is drawn on the map");
  const { found } = await answer(`/inspections/${inspections.PLANTED}/signatures?members=true`);
  const place = found.findIndex((signature) => signature.kind === "scratch");
  const button = page.locator(`[data-pick="signature:${place + 1}"]`);
  await button.click();
  await page.locator(".picked-note").waitFor();
  assert.equal(await button.getAttribute("aria-pressed"), "true");
  assert.deepEqual(await listed(page), found[place].defect_nos);
  await picture(page, "signatures");
  // Back takes the choice back.
  await page.getByRole("button", { name: "Show all defects" }).click();
  await page.locator(".picked-note").waitFor({ state: "detached" });
  assertNoFaults(page);
});

test("the list of clusters is that of the API, and picking one from the keyboard lists exactly its members", async () => {
  const page = await signedIn();
  await opened(page, "PLANTED", "?view=clusters");
  const { clusters, collapsed_count } = await answer(`/inspections/${inspections.PLANTED}/clusters?members=true`);
  const region = page.getByRole("region", { name: "Clusters", exact: true });
  await region.waitFor();
  assert.equal(await region.locator("tbody tr").count(), clusters.length);
  assert.match(await page.locator("[data-clusters]").innerText(), new RegExp(`Each counted as one: ${collapsed_count} `));
  const second = clusters[Math.min(1, clusters.length - 1)];
  await region.locator(`[data-pick="cluster:${clusters[0].cluster}"]`).focus();
  if (clusters.length > 1) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator(".picked-note").waitFor();
  assert.equal(Number(await page.locator(".picked-note").getAttribute("data-picked")), second.count);
  assert.deepEqual(await listed(page), second.defect_nos);
  // Other parameters, other clusters: nothing is picked any more.
  await page.getByLabel("Reach, mm").fill("1");
  await page.getByLabel("Reach, mm").press("Enter");
  await page.waitForURL(/reach_mm=1/);
  await settled(page);
  assert.doesNotMatch(page.url(), /pick=/);
  const closer = await answer(`/inspections/${inspections.PLANTED}/clusters?reach_mm=1`);
  assert.equal(await region.locator("tbody tr").count(), closer.clusters.length);
  assertNoFaults(page);
});

test("the table of zones is that of the API, and a zone's defects are listed", async () => {
  const page = await signedIn();
  await opened(page, "PLANTED", "?view=zones&rings=4&sectors=3");
  const { zones } = await answer(`/analytics/zones?inspection_id=${inspections.PLANTED}&rings=4&sectors=3`);
  const region = page.getByRole("region", { name: "Zones", exact: true });
  await region.waitFor();
  const shown = await region.locator("tbody tr").evaluateAll((rows) => rows.map((row) => row.querySelector("td").innerText));
  assert.deepEqual(shown.map((text) => numberIn(text)), zones.map((zone) => zone.count));
  const fullest = zones.reduce((best, zone, place) => (zone.count > zones[best].count ? place : best), 0);
  await region.locator(`[data-pick="zone:${fullest + 1}"]`).click();
  await page.locator(".picked-note").waitFor();
  assert.equal((await listed(page)).length, zones[fullest].count);
  assertNoFaults(page);
});

test("the share of defective dies is that of the API, and a die's defects are listed", async () => {
  const page = await signedIn();
  await opened(page, "PLANTED", "?view=dies");
  const dies = await answer(`/analytics/dies?inspection_id=${inspections.PLANTED}`);
  const line = page.locator("[data-defective]");
  await line.waitFor();
  assert.equal(Number(await line.getAttribute("data-defective")), dies.defective);
  assert.equal(Number(await line.getAttribute("data-dies")), dies.dies);
  assert.match(await line.innerText(), new RegExp(`${(dies.defective_share * 100).toFixed(1)} %`));
  const region = page.getByRole("region", { name: "Dies with defects" });
  const most = Math.max(...dies.map.count);
  assert.equal(numberIn((await region.locator("tbody tr").first().locator("td").allInnerTexts())[0]), most);
  await region.getByRole("button").filter({ hasText: /^-?\d+, -?\d+$/ }).first().click();
  await page.locator(".picked-note").waitFor();
  assert.equal((await listed(page)).length, most);
  assertNoFaults(page);
});

test("a random wafer is said to be random, and one without defects has nothing to look at", async () => {
  const page = await signedIn();
  await opened(page, "RANDOM");
  const found = await answer(`/inspections/${inspections.RANDOM}/signatures`);
  assert.equal(found.main, "random");
  await page.getByRole("region", { name: "What the wafer says" }).getByText(/^Random: the 150 defects/).waitFor();
  await opened(page, "CLEAN");
  await page.getByRole("region", { name: "What the wafer says" }).getByText("No defects with a position").waitFor();
  for (const view of ["signatures", "clusters", "zones"]) {
    await opened(page, "CLEAN", `?view=${view}`);
    await page.getByText("No defects to look at").waitFor();
  }
  await opened(page, "CLEAN", "?view=dies");
  assert.equal(await page.locator("[data-defective]").getAttribute("data-defective"), "0");
  assertNoFaults(page);
});

test("defects beside the inspected dies are told and make no pattern", async () => {
  const page = await signedIn();
  await opened(page, "BESIDE");
  const found = await answer(`/inspections/${inspections.BESIDE}/signatures`);
  assert.equal(found.main, "random");
  assert.ok(found.outside >= 30 && found.outside <= 40, `${found.outside} of 40 outside`);
  const told = page.getByRole("region", { name: "What the wafer says" });
  await told.getByText(`Random: the ${190 - found.outside} defects`).waitFor();
  await told.getByText(`${found.outside} defects lie outside what was inspected`).waitFor();
  assertNoFaults(page);
});

test("an analysis that cannot be read says so beside the map, and is asked for again", async () => {
  const page = await signedIn();
  await page.route(/\/clusters(\?|$)/, (route) => route.abort());
  await opened(page, "PLANTED", "?view=clusters");
  const alert = page.getByRole("alert").filter({ hasText: "No connection to the server" });
  await alert.waitFor();
  await page.unroute(/\/clusters(\?|$)/);
  page.faults.length = 0;
  await alert.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("region", { name: "Clusters", exact: true }).waitFor();
  assertNoFaults(page);
});

test("what is under the pointer on the map stands out in the list", async () => {
  const page = await signedIn();
  const map = await opened(page, "PLANTED", "?view=clusters");
  const { clusters } = await answer(`/inspections/${inspections.PLANTED}/clusters`);
  const region = page.getByRole("region", { name: "Clusters", exact: true });
  await region.waitFor();
  const box = await map.canvas.boundingBox();
  const [largest] = [...clusters].sort((one, other) => other.hull_area_mm2 - one.hull_area_mm2);
  const [x, y] = await map.place(...largest.centre_mm);
  await page.mouse.move(box.x + x, box.y + y);
  const row = region.locator("tr.is-pointed");
  await row.waitFor();
  assert.equal(await row.locator("button").getAttribute("data-pick"), `cluster:${largest.cluster}`);
  await page.mouse.move(box.x + box.width / 2, box.y - 30);
  await row.waitFor({ state: "detached" });
  assertNoFaults(page);
});

for (const [name, bytes] of [["clusters", waferFile("CLUSTERS", denseClusters(seeded(3)))], ...realFile("wafermap-clustering-LAA_FAA_LAA-01.000")]) {
  test(`dense clusters stay quick: ${name}`, async (context) => {
    await imported(name, bytes);
    const page = await signedIn();
    const before = Date.now();
    await opened(page, name, "?view=clusters");
    const region = page.getByRole("region", { name: "Clusters", exact: true });
    await region.waitFor();
    const opening = Date.now() - before;
    const { clusters } = await answer(`/inspections/${inspections[name]}/clusters`);
    assert.equal(await region.locator("tbody tr").count(), Math.min(100, clusters.length));
    const picking = Date.now();
    await region.locator('[data-pick="cluster:1"]').click();
    await page.locator(".picked-note").waitFor();
    const seconds = [opening, Date.now() - picking].map((millis) => (millis / 1000).toFixed(1));
    context.diagnostic(`${clusters.length} clusters: page ${seconds[0]} s, picking the largest (${clusters[0].count}) ${seconds[1]} s`);
    assert.equal(Number(await page.locator(".picked-note").getAttribute("data-picked")), clusters[0].count);
    await settled(page);
    assertNoFaults(page);
  });
}
