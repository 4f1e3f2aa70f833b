// What hands do: click a point, drop a file, choose a region, open a defect on the map, change a password.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertNoFaults, launch, open } from "./browser.mjs";
import { WaferMap, navigate, numberIn, settled, signIn } from "./pages.mjs";
import { ROOT, Server } from "./server.mjs";

const FILE = "FB4024_M1-CMP.klarf";

let server;
let browser;
let call;
let inspection;
before(async () => {
  [server, browser] = [await Server.start(), await launch()];
  call = await server.api();
  const bytes = readFileSync(join(ROOT, "samples", FILE));
  const sent = await server.importFiles(call, [[FILE, bytes]]);
  assert.equal(sent.data.state, "succeeded");
  inspection = sent.data.files[0].inspections[0];
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

test("a click on a point of the trend opens its inspection", async () => {
  const page = await signedIn();
  await navigate(page, "Trends and SPC");
  const drawing = page.locator('[data-chart="spc"] .chart-drawing');
  const { width, height } = await drawing.boundingBox();
  // Four points stand at even distances; a click anywhere above one counts.
  await drawing.click({ position: { x: width * 0.5, y: height * 0.45 } });
  await page.waitForURL(/\/inspections\/[0-9a-f-]{36}/);
  await page.getByRole("heading", { level: 1, name: /FB4024:/ }).waitFor();
  assertNoFaults(page);
});

test("a file that is dropped on the page is imported", async () => {
  const page = await signedIn();
  await navigate(page, "Imports");
  const text = readFileSync(join(ROOT, "samples", "FB4021_M1-ETCH.klarf"), "latin1");
  const transfer = await page.evaluateHandle((content) => {
    const data = new DataTransfer();
    data.items.add(new File([content], "dropped.klarf"));
    return data;
  }, text);
  await page.getByRole("region", { name: "Import files" }).dispatchEvent("drop", { dataTransfer: transfer });
  await page.getByRole("link", { name: "FB4021:01 at M1-ETCH" }).waitFor();
  assertNoFaults(page);
});

test("a click on a defect of the map leads to its page, and the arrow back to the map", async () => {
  const page = await signedIn();
  const { data: defects } = await call("GET", `/inspections/${inspection.inspection_id}/defects?per_page=1`);
  await page.goto(`/inspections/${inspection.inspection_id}`);
  const map = new WaferMap(page);
  await map.ready();
  await page.locator(".wafer-legend").waitFor();
  await page.waitForTimeout(300);
  await map.click(defects[0].x_mm, defects[0].y_mm);
  await page.getByRole("heading", { name: /^Defect \d+$/ }).waitFor();
  await page.getByRole("link", { name: "Open defect" }).click();
  await page.getByRole("heading", { level: 1, name: /^Defect \d+/ }).waitFor();
  await page.goBack();
  await page.getByText(/Wafer map, \d+ defects/).waitFor();
  assertNoFaults(page);
});

test("a rectangle drawn on the map narrows the table to the defects within", async () => {
  const page = await signedIn();
  await page.goto(`/inspections/${inspection.inspection_id}`);
  const map = new WaferMap(page);
  await map.ready();
  await page.locator(".wafer-legend").waitFor();
  await page.waitForTimeout(300);
  const box = await map.canvas.boundingBox();
  const [left, top] = await map.place(-140, 140);
  const [right, bottom] = await map.place(0, 0);
  await page.keyboard.down("Shift");
  await page.mouse.move(box.x + left, box.y + top);
  await page.mouse.down();
  await page.mouse.move(box.x + (left + right) / 2, box.y + (top + bottom) / 2);
  await page.mouse.move(box.x + right, box.y + bottom);
  await page.mouse.up();
  await page.keyboard.up("Shift");
  await page.getByText("Only defects within the region", { exact: false }).waitFor();
  await settled(page);
  const within = await call("GET", `/inspections/${inspection.inspection_id}/defects?x_min_mm=-140&x_max_mm=0&y_min_mm=0&y_max_mm=140`);
  const shown = await page.getByText(/of \d+/).filter({ hasText: /–/ }).first().innerText();
  const total = numberIn(shown.split(" of ")[1]);
  // The rectangle ends on whole pixels, half a millimetre apart.
  assert.ok(Math.abs(total - within.pagination.total) <= 3, `${total} shown, ${within.pagination.total} within`);
  assert.ok(total < inspection.defect_count);
  assertNoFaults(page);
});

test("a changed password counts from then on", async () => {
  const made = await call("POST", "/users", { username: "ines", display_name: "Ines", role: "engineer", password: "the first long phrase" });
  assert.equal(made.status, 201);
  const page = await open(browser, server.url);
  await signIn(page, "ines", "the first long phrase");
  await page.locator(".menu-name").click();
  await page.getByRole("button", { name: /Change password/ }).first().click();
  await page.getByLabel("Current password").fill("the first long phrase");
  await page.getByLabel("New password", { exact: true }).fill("the second long phrase");
  await page.getByLabel("New password, once more").fill("the second long phrase");
  await page.getByRole("dialog").getByRole("button", { name: "Change password" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  assertNoFaults(page);
  const again = await open(browser, server.url);
  await signIn(again, "ines", "the second long phrase");
  assertNoFaults(again);
});
