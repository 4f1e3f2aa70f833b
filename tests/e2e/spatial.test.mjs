// What the wafer says beyond single maps: lots, stacks, zones, adders, dies, like wafers, on the synthetic fab.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertNoFaults, launch, open, picture, pixel } from "./browser.mjs";
import { WaferMap, navigate, numberIn, settled, signIn } from "./pages.mjs";
import { BINARY, Server, emptyFolder } from "./server.mjs";

let server;
let browser;
let call;
before(async () => {
  const data = emptyFolder();
  const seed = ["seed", "--data", data, "--scale", "0.2", "--seed", "1", "--end", "2026-03-01", "--images", "0", "--truth", join(data, "truth.json")];
  execFileSync(BINARY, seed, { env: { ...process.env, DATABASE_URL: undefined }, stdio: "ignore" });
  [server, browser] = [await Server.start({ data }), await launch()];
  call = await server.api();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function signedIn(options) {
  const page = await open(browser, server.url, options);
  await signIn(page, "admin", server.adminPassword());
  await settled(page);
  return page;
}

/** Goes to a page and waits for its data. */
async function visit(page, path) {
  await page.goto(path);
  await settled(page);
}

/** A number as the application writes it. */
const count = (value) => value.toLocaleString("en-GB");

/** A lot with wafers that were not inspected, clean ones and others. */
async function mixedLot() {
  const { data: lots } = await call("GET", "/lots?per_page=20");
  for (const { lot_id } of lots) {
    const { data } = await call("GET", `/lots/${lot_id}/maps?cell_mm=5`);
    const inspected = data.wafers.filter((wafer) => wafer.inspection);
    if (inspected.length < data.wafers.length && inspected.some((wafer) => wafer.count > 0)) return data;
  }
  throw new Error("no lot with wafers left out");
}

test("a lot is a gallery of its wafers on one scale, in words that tell clean from not inspected", async () => {
  const page = await signedIn();
  const lot = await mixedLot();
  await visit(page, `/lots/${lot.lot_id}`);
  const tiles = page.locator(".wafer-tile");
  assert.equal(await tiles.count(), lot.wafers.length);
  const inspected = lot.wafers.filter((wafer) => wafer.inspection);
  await page.getByText(`${inspected.length} of ${lot.wafers.length} wafers inspected at ${lot.step_id}`).waitFor();
  for (const [index, wafer] of lot.wafers.entries()) {
    const text = await tiles.nth(index).innerText();
    if (!wafer.inspection) assert.match(text, /Not inspected/, wafer.wafer_id);
    else assert.match(text, new RegExp(`\\b${count(wafer.count)} defects?\\b`), wafer.wafer_id);
  }
  // The end of the legend is the fullest cell of all wafers.
  assert.equal(await page.locator(".scale-tick.is-last").innerText(), count(lot.most));
  await picture(page, "lot");
  assertNoFaults(page);
});

test("cells with as many defects have the same colour on every wafer of the lot", async () => {
  const page = await signedIn();
  const { data: inspections } = await call("GET", "/inspections?sort=defect_count&order=desc&per_page=1");
  const { lot_id, step_id } = inspections[0];
  await visit(page, `/lots/${lot_id}?cell=10&step=${step_id}`);
  const { data } = await call("GET", `/lots/${lot_id}/maps?cell_mm=10&step=${step_id}`);
  const colours = new Map();
  for (const [index, wafer] of data.wafers.entries()) {
    const canvas = page.locator(".wafer-tile canvas").nth(index);
    await canvas.scrollIntoViewIfNeeded();
    const width = await canvas.evaluate((node) => node.clientWidth);
    const perMm = (width - 3) / data.geometry.diameter_mm;
    for (const [place, cell] of wafer.cell.entries()) {
      const middle = (number) => (number + 0.5) * data.cell_mm - data.radius_mm;
      const [x, y] = [middle(cell % data.across), middle(Math.floor(cell / data.across))];
      if (Math.hypot(x, y) > 120) continue;
      const colour = String(await pixel(canvas, width / 2 + x * perMm, width / 2 - y * perMm));
      const known = colours.get(wafer.cell_count[place]) ?? colour;
      assert.equal(colour, known, `cell of ${wafer.cell_count[place]} on wafer ${wafer.wafer_id}`);
      colours.set(wafer.cell_count[place], colour);
    }
  }
  assert.ok(colours.size > 1, "counts of one size only");
  assert.equal(new Set(colours.values()).size, colours.size, "a colour for each count");
  assertNoFaults(page);
});

test("order, groups, step and scale of a lot stand in the address, and keys go from wafer to wafer", async () => {
  const page = await signedIn();
  const lot = await mixedLot();
  await visit(page, `/lots/${lot.lot_id}`);
  await page.getByRole("combobox", { name: "Order" }).selectOption({ label: "Defects" });
  await page.getByRole("combobox", { name: "Groups" }).selectOption({ label: "Main type" });
  await page.getByRole("heading", { name: /^Not inspected/ }).waitFor();
  assert.match(page.url(), /sort=count/);
  assert.match(page.url(), /group=type/);
  await page.getByRole("combobox", { name: "Groups" }).selectOption({ label: "Nothing" });
  const counts = lot.wafers.filter((wafer) => wafer.inspection).map((wafer) => wafer.count).sort((a, b) => b - a);
  await page.locator(".wafer-tile").first().getByText(`${count(counts[0])} defect`).waitFor();
  const other = lot.steps.find((step) => step !== lot.step_id);
  await page.getByRole("combobox", { name: "Step", exact: true }).selectOption(other);
  await page.getByText(`wafers inspected at ${other}`).waitFor();
  await page.locator(".wafer-tile").first().focus();
  await page.keyboard.press("ArrowRight");
  const at = await page.evaluate(() => [...document.querySelectorAll(".wafer-tile")].indexOf(document.activeElement));
  assert.equal(at, 1);
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/inspections\/[0-9a-f-]{36}/);
  assertNoFaults(page);
});

test("a lot that does not exist says so", async () => {
  const page = await open(browser, server.url);
  await signIn(page, "admin", server.adminPassword());
  await visit(page, "/lots/NO-SUCH-LOT");
  await page.getByText("Not found").waitFor();
});

test("the stack shows what the API counts, and a cell leads to its defects", async () => {
  const page = await signedIn();
  await navigate(page, "Stack");
  const query = "step=GATE-ETCH&product=AX7";
  await visit(page, `/stack?${query}`);
  const { data: stack } = await call("GET", `/analytics/stack?${query}`);
  await page.getByText(`${count(stack.inspections)} inspections of ${count(stack.wafers)} wafers, ${count(stack.defects)} defects`).waitFor();
  await picture(page, "stack");
  const { cells } = stack;
  const most = cells.count.indexOf(Math.max(...cells.count));
  const middle = (number) => (number + 0.5) * cells.cell_mm - cells.radius_mm;
  const map = new WaferMap(page);
  await map.ready();
  await map.click(middle(cells.column[most]), middle(cells.row[most]));
  await page.waitForURL(/at=/);
  const chosen = page.locator(".card", { has: page.getByRole("button", { name: "Deselect" }) });
  await chosen.getByText(count(cells.count[most]), { exact: true }).first().waitFor();
  await settled(page);
  const edge = (number) => number * cells.cell_mm - cells.radius_mm;
  const within = `x_min_mm=${edge(cells.column[most])}&x_max_mm=${edge(cells.column[most] + 1)}&y_min_mm=${edge(cells.row[most])}&y_max_mm=${edge(cells.row[most] + 1)}`;
  const { pagination } = await call("GET", `/defects?${query}&${within}&per_page=1`);
  await page.getByText(new RegExp(`of ${count(pagination.total)}$`)).waitFor();
  await page.getByRole("region", { name: "Defects within" }).getByRole("link").first().click();
  await page.getByRole("heading", { level: 1, name: /^Defect / }).waitFor();
  assertNoFaults(page);
});

test("the reticle field names its repeaters and marks them on the wafer", async () => {
  const page = await signedIn();
  const { data: stack } = await call("GET", "/analytics/stack?product=CP5");
  assert.ok(stack.field.repeaters.length > 0, "the fab has a repeater planted");
  await visit(page, "/stack?product=CP5&view=field");
  const table = page.getByRole("region", { name: "Repeaters" });
  await table.waitFor();
  assert.equal(await table.locator("tbody tr").count(), Math.min(stack.field.repeaters.length, 50));
  await table.getByRole("button", { name: "Repeater 1", exact: true }).click();
  await page.waitForURL(/repeater=1/);
  await page.getByRole("heading", { name: new RegExp(`^Repeater 1 on the wafer, ${count(stack.field.repeaters[0].count)} defects`) }).waitFor();
  await picture(page, "stack-field");
  // A field of another size is asked for and said to be given.
  await page.getByLabel("Field: columns").fill("2");
  await page.getByLabel("Field: columns").press("Tab");
  await page.getByLabel("rows", { exact: true }).fill("2");
  await page.getByLabel("rows", { exact: true }).press("Tab");
  await page.getByText("A field of 2 × 2 dies", { exact: false }).waitFor();
  assertNoFaults(page);
});

test("zones are those of the API, and one of them tells its types and lists its defects", async () => {
  const page = await signedIn();
  await navigate(page, "Zones");
  await visit(page, "/zones?product=AX7&rings=4&sectors=8");
  const { data } = await call("GET", "/analytics/zones?product=AX7&rings=4&sectors=8");
  const table = page.getByRole("region", { name: "Zones" });
  assert.equal(await table.locator("tbody tr").count(), data.zones.length);
  assert.equal(await page.locator(".zone-map path.zone").count(), data.zones.length);
  await picture(page, "zones");
  await table.locator("tbody tr").last().getByRole("button").click();
  await page.waitForURL(/zone=\d+/);
  await page.getByRole("heading", { name: "Types in it" }).waitFor();
  await settled(page);
  const { shape } = data.zones.at(-1);
  const within = `inner_mm=${shape.inner_mm}&outer_mm=${shape.outer_mm}&from_deg=${shape.from_deg}&sweep_deg=${shape.sweep_deg}`;
  const { pagination } = await call("GET", `/defects?product=AX7&${within}&per_page=1`);
  await page.getByText(new RegExp(`of ${count(pagination.total)}$`)).waitFor();
  // A zone of one's own is the last.
  await page.getByText("A zone of your own").click();
  const outer = page.locator(".own-zone input").nth(1);
  await outer.fill("50");
  await outer.press("Tab");
  await table.getByRole("button", { name: "Custom" }).waitFor();
  assertNoFaults(page);
});

test("each step of a wafer's route tells what it added, on the map by shape and colour", async () => {
  const page = await signedIn();
  const { data: wafers } = await call("GET", "/wafers?sort=inspection_count&order=desc&per_page=1");
  await visit(page, `/wafers/${encodeURIComponent(wafers[0].wafer_id)}`);
  await page.getByRole("link", { name: "Adders", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: /^Adders of wafer/ }).waitFor();
  await settled(page);
  const { data: route } = await call("GET", `/wafers/${encodeURIComponent(wafers[0].wafer_id)}/adders`);
  const rows = page.getByRole("region", { name: "Route" }).locator("tbody tr");
  assert.equal(await rows.count(), route.steps.length);
  for (const [index, step] of route.steps.entries()) {
    const cells = await rows.nth(index).locator("td").allInnerTexts();
    assert.deepEqual(cells.slice(4, 8), [step.added, step.common, step.ambiguous, step.missing].map(count), step.step_id);
  }
  const first = route.steps[0];
  await rows.first().getByRole("button", { name: first.step_id }).click();
  await page.waitForURL(new RegExp(`inspection=${first.inspection_id}`));
  for (const fate of ["Added", "Common", "Ambiguous", "Missing"]) {
    await page.getByRole("group", { name: "Adder classes" }).getByText(fate, { exact: true }).waitFor();
  }
  const [told] = [...route.steps].sort((one, other) => other.common - one.common);
  await rows.nth(route.steps.indexOf(told)).getByRole("button", { name: told.step_id }).click();
  await page.waitForURL(new RegExp(`inspection=${told.inspection_id}`));
  await settled(page);
  await picture(page, "adders");
  await page.getByLabel("Same defect within").fill("5000");
  await page.getByLabel("Same defect within").press("Tab");
  await page.waitForURL(/tolerance=5000/);
  await page.getByText("within 5,000 µm", { exact: false }).waitFor();
  assertNoFaults(page);
});

test("adders only: maps, table and every analysis leave out what earlier inspections saw", async () => {
  const page = await signedIn();
  const { data: wafers } = await call("GET", "/wafers?sort=inspection_count&order=desc&per_page=1");
  const { data: route } = await call("GET", `/wafers/${encodeURIComponent(wafers[0].wafer_id)}/adders`);
  const both = (step) => Math.min(step.added, step.common);
  const [step] = [...route.steps].sort((one, other) => both(other) - both(one));
  const path = `/inspections/${step.inspection_id}`;
  const counts = await Promise.all(["", "&adders=true"].map(async (adders) => {
    const [{ pagination }, { data: seen }] = await Promise.all([
      call("GET", `${path}/defects?per_page=1${adders}`), call("GET", `${path}/signatures?alpha=0.01${adders}`),
    ]);
    return { listed: pagination.total, placed: seen.seen.defects - seen.seen.unplaced };
  }));
  const [all, adders] = counts;
  assert.ok(adders.listed < all.listed && adders.listed > 0, JSON.stringify(counts));

  await visit(page, `${path}?view=signatures`);
  const map = new WaferMap(page);
  const shows = async ({ listed, placed }) => {
    await page.getByText(new RegExp(`\\d–\\d+ of ${count(listed)}$`)).waitFor();
    await page.getByText(`Looked at ${count(placed)} defect`).waitFor();
    await map.ready();
    await page.waitForFunction(([node, placed]) => Number(node.dataset.inView) === placed, [await map.canvas.elementHandle(), placed]);
  };
  await shows(all);
  await page.getByLabel("Adders only").check();
  await page.getByRole("heading", { name: `Wafer map, ${count(adders.listed)} of ${count(all.listed)} defects` }).waitFor();
  await page.getByText("Only adders: what no earlier inspection").waitFor();
  await shows(adders);
  const analyses = page.getByRole("group", { name: "Beside the map" });
  await analyses.getByRole("button", { name: "Clusters" }).click();
  await page.getByText(`Looked at ${count(adders.placed)} defect`).waitFor();
  await analyses.getByRole("button", { name: "Zones" }).click();
  const zones = page.getByRole("region", { name: "Zones", exact: true });
  await zones.waitFor();
  const perZone = await zones.locator("tbody tr td:first-of-type").allInnerTexts();
  assert.equal(perZone.reduce((sum, text) => sum + numberIn(text), 0), adders.placed);
  await analyses.getByRole("button", { name: "Dies" }).click();
  const { data: dies } = await call("GET", `/analytics/dies?inspection_id=${step.inspection_id}&adders=true`);
  await page.locator(`[data-defective="${dies.defective}"]`).waitFor();
  await visit(page, `/wafers/${encodeURIComponent(wafers[0].wafer_id)}?adders=true`);
  const { data: wafer } = await call("GET", `/analytics/wafer-map/${encodeURIComponent(wafers[0].wafer_id)}?adders=true`);
  await page.getByText(`${count(wafer.defects.defect_no.length)} defects shown`).waitFor();
  const { data: inspection } = await call("GET", path);
  const { lot_id, step_id } = inspection.inspection;
  await visit(page, `/lots/${lot_id}?step=${step_id}&adders=true`);
  const { data: lot } = await call("GET", `/lots/${lot_id}/maps?step=${step_id}&cell_mm=5&adders=true`);
  const found = lot.wafers.reduce((sum, wafer) => sum + wafer.count, 0);
  await page.getByText(`; ${count(found)} defect`).waitFor();
  await page.getByRole("button", { name: "Clear" }).click();
  const { data: whole } = await call("GET", `/lots/${lot_id}/maps?step=${step_id}&cell_mm=5`);
  const without = whole.wafers.reduce((sum, wafer) => sum + wafer.count, 0);
  assert.ok(without > found);
  await page.getByText(`; ${count(without)} defect`).waitFor();
  assertNoFaults(page);
});

test("dies tell their defective share beside what yield models expect", async () => {
  const page = await signedIn();
  await navigate(page, "Dies");
  const { data: dies } = await call("GET", "/analytics/dies");
  await page.getByText(`${count(dies.dies)} dies inspected on ${count(dies.inspections)} inspections`, { exact: false }).waitFor();
  const models = page.getByRole("region", { name: "Yield models" });
  assert.equal(await models.locator("tbody tr").count(), dies.models.length + 1);
  await models.getByText(`${(dies.models[0].defect_free * 100).toFixed(1)} %`).first().waitFor();
  const kill = page.locator(".card", { has: page.getByRole("heading", { name: "Kill ratios" }) });
  await kill.getByText(dies.kill ? "All types together" : "No bin maps yet").waitFor();
  await picture(page, "dies");
  assertNoFaults(page);
});

test("like wafers come with their maps, how alike they are, and the way to them", async () => {
  const page = await signedIn();
  const { data: inspections } = await call("GET", "/inspections?sort=defect_count&order=desc&per_page=1");
  const { inspection_id, wafer_id } = inspections[0];
  await visit(page, `/wafers/${encodeURIComponent(wafer_id)}`);
  await page.getByRole("heading", { name: "Similar wafers" }).click();
  const select = page.getByLabel("Like the inspection at");
  await select.selectOption(inspection_id);
  await settled(page);
  const { data } = await call("GET", `/inspections/${inspection_id}/similar`);
  assert.ok(data.found.length > 0, "something is alike");
  const tiles = page.locator(".similar-tiles a.wafer-tile");
  await tiles.nth(data.found.length - 1).waitFor();
  assert.equal(await tiles.count(), data.found.length);
  assert.match(await tiles.first().innerText(), new RegExp(data.found[0].inspection.wafer_id));
  await picture(page, "similar");
  assertNoFaults(page);
});

test("under a filter that nothing passes the pages say so", async () => {
  const page = await signedIn();
  for (const [path, words] of [
    ["/stack", "Nothing to stack"],
    ["/zones", "Nothing to divide"],
    ["/dies", "No dies to count"],
  ]) {
    await visit(page, `${path}?step=NO-SUCH-STEP`);
    await page.getByText(words).waitFor();
  }
  assertNoFaults(page);
});

test("what the API refuses is told on the page", async () => {
  const page = await open(browser, server.url);
  await signIn(page, "admin", server.adminPassword());
  await visit(page, "/zones?rings=77");
  await page.getByRole("alert").getByText("rings", { exact: false }).first().waitFor();
});

test("a bin map is added to a wafer, drawn under its defects, counted in kill ratios, and deleted", async () => {
  const page = await signedIn();
  const { data: inspections } = await call("GET", "/inspections?sort=defect_count&order=desc&per_page=1");
  const { inspection_id, wafer_id, lot_id } = inspections[0];
  const { data: map } = await call("GET", `/inspections/${inspection_id}/map`);
  const file = sinf(lot_id, wafer_id, map);
  await visit(page, `/wafers/${encodeURIComponent(wafer_id)}`);
  await page.locator('input[name="bin-map"]').setInputFiles({ name: "probe.sinf", mimeType: "text/plain", buffer: Buffer.from(file) });
  await page.getByText("probe.sinf is in", { exact: false }).waitFor();
  await settled(page);
  await page.getByRole("button", { name: "Show under the defects" }).click();
  await page.waitForURL(/bins=/);
  await settled(page);
  await picture(page, "bin-map");
  await visit(page, "/dies");
  await page.getByRole("region", { name: "Kill ratios" }).getByText("All types together").waitFor();
  await picture(page, "kill-ratios");
  await visit(page, `/wafers/${encodeURIComponent(wafer_id)}`);
  const card = page.locator(".card", { has: page.getByRole("heading", { name: "Bin maps" }) });
  await card.getByRole("button", { name: "Delete" }).first().click();
  await page.getByRole("dialog", { name: "Delete this bin map?" }).getByRole("button", { name: "Delete" }).click();
  await page.getByText("No bin map of electrical test").waitFor();
  assertNoFaults(page);
});

/** A SINF file of the dies that were inspected: every fifth fails. */
function sinf(lot, wafer, map) {
  const { die_x, die_y, width_mm, height_mm } = map.dies;
  const [left, right] = [Math.min(...die_x), Math.max(...die_x)];
  const [bottom, top] = [Math.min(...die_y), Math.max(...die_y)];
  const there = new Set(die_x.map((x, index) => `${x},${die_y[index]}`));
  const rows = [];
  for (let y = top; y >= bottom; y -= 1) {
    const row = [];
    for (let x = left; x <= right; x += 1) row.push(!there.has(`${x},${y}`) ? "__" : (x + 3 * y) % 5 === 0 ? "0B" : "01");
    rows.push(`RowData:${row.join(" ")}`);
  }
  const head = ["DEVICE:TEST", `LOT:${lot}`, `WAFER:${wafer}`, "FNLOC:0", `ROWCT:${rows.length}`, `COLCT:${right - left + 1}`, "BCEQU:01", `REFPX:0`, `REFPY:0`,
    "DUTMS:mm", `XDIES:${width_mm}`, `YDIES:${height_mm}`];
  return `${[...head, ...rows].join("\n")}\n`;
}
