// Control charts as engineers keep them: from a look at the data to limits with versions, and alerts that come by themselves.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaults, launch, open, picture } from "./browser.mjs";
import { WaferMap, chooseDatum, navigate, settled, signIn } from "./pages.mjs";
import { manyDefects } from "./samples.mjs";
import { Server } from "./server.mjs";

// Defects of one wafer a day, from the first of September 2026 on; two days stand out.
const COUNTS = [11, 9, 12, 10, 8, 13, 10, 9, 11, 60, 10, 12, 9, 8, 11, 10, 13, 9, 10, 55, 11, 10];

let server;
let browser;
let call;
before(async () => {
  [server, browser] = [await Server.start(), await launch()];
  call = await server.api();
  const sent = await server.importFiles(call, COUNTS.map((count, day) => wafer(day + 1, count)));
  assert.equal(sent.data.state, "succeeded");
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A file with the wafer of a day of September, as `[name, text]`. */
function wafer(day, count, hour = "08") {
  const date = `09-${String(day).padStart(2, "0")}-2026`;
  const text = [...manyDefects(count, `LOT${day}-${hour}`)].join("");
  return [`day${day}-${hour}.klarf`, text.replaceAll("10-01-2026 08", `${date} ${hour}`)];
}

async function signedIn() {
  const page = await open(browser, server.url);
  await signIn(page, "admin", server.adminPassword());
  return page;
}

test("a chart is picked, saved and frozen; a point is left out with a reason; the limits get a new version", async () => {
  const page = await signedIn();
  await page.goto("/trends?step=S");
  await page.getByRole("group", { name: "Control chart" }).getByLabel("Chart", { exact: true }).selectOption("c");
  await page.getByRole("heading", { name: "c chart, limits at 3 sigma" }).waitFor();

  await page.getByRole("link", { name: "Save as control chart" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Wafers at S");
  await page.getByRole("button", { name: "Make the control chart" }).click();
  await page.getByRole("heading", { level: 1, name: "Wafers at S" }).waitFor();
  await settled(page);

  await page.getByRole("button", { name: "Freeze limits" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Baseline from").fill("2026-09-01");
  await dialog.getByLabel("Until before").fill("2026-09-10");
  await dialog.getByLabel("Why").fill("Nine quiet days");
  await dialog.getByRole("button", { name: "Freeze limits" }).click();
  await dialog.waitFor({ state: "hidden" });
  const inForce = page.getByRole("region", { name: "Limits in force" });
  await inForce.getByText("frozen").waitFor();
  const mean = COUNTS.slice(0, 9).reduce((sum, count) => sum + count) / 9;
  await inForce.getByRole("cell", { name: String(Number(mean.toFixed(2))) }).waitFor();

  const { data: charts } = await call("GET", "/control-charts");
  const path = `/control-charts/${charts[0].control_chart_id}`;
  const { data: drawn } = await call("GET", `${path}/chart`);
  const outlier = drawn.points.find((point) => point.value === 60);
  await chooseDatum(page, "spc", outlier.point.label);
  const panel = page.getByRole("region", { name: `Point ${outlier.point.label}` });
  await panel.getByRole("button", { name: "Exclude …" }).click();
  await panel.getByLabel("The known cause").fill("Wrong recipe, wafer reworked");
  await panel.getByRole("button", { name: "Exclude", exact: true }).click();
  await panel.getByText("Left out because").waitFor();
  const newest = page.getByRole("region", { name: "Versions of the limits" }).getByRole("row", { name: /in force/ });
  await newest.getByText("Wrong recipe, wafer reworked", { exact: false }).waitFor();
  await settled(page);
  await picture(page, "control-chart");
  const { data: kept } = await call("GET", path);
  assert.deepEqual([kept.limits.version, kept.limits.excluded[0].reason], [3, "Wrong recipe, wafer reworked"]);
  assert.equal(kept.limits.excluded[0].excluded_by, "admin");

  await page.getByRole("region", { name: "Versions of the limits" }).getByRole("link", { name: "1", exact: true }).click();
  await page.getByText("You are looking at version 1 of the limits.").waitFor();
  await page.getByRole("button", { name: "Show the limits in force" }).click();
  await settled(page);

  assertNoFaults(page);
});

test("a violated point of a control chart is explained, and its wafer map is a link away", async () => {
  const page = await signedIn();
  const { data: charts } = await call("GET", "/control-charts?search=Wafers%20at%20S");
  await page.goto(`/control-charts/${charts[0].control_chart_id}`);
  await page.getByRole("region", { name: "Violations" }).getByRole("link", { name: "Explain" }).first().click();
  await page.getByRole("heading", { level: 1, name: /out of control/ }).waitFor();
  await settled(page);
  await page.locator('main a[href^="/inspections/"]').first().click();
  await page.waitForURL(/\/inspections\/[0-9a-f-]{36}/);
  await new WaferMap(page).ready();
  assertNoFaults(page);
});

test("an import that violates a chart raises one alert, which another browser sees within two seconds", async () => {
  const made = await call("POST", "/control-charts", {
    name: "Alarm at S",
    scope: { step: ["S"] },
    metric: "count",
    bucket: "inspection",
    chart: "c",
    rules: ["we1"],
    width: "sigma",
    width_value: 3,
    baseline_from: "2026-09-01T00:00:00Z",
    baseline_to: "2026-09-10T00:00:00Z",
    freeze: true,
  });
  assert.equal(made.status, 201, JSON.stringify(made.error));
  const watcher = await signedIn();
  await navigate(watcher, "Alerts");
  const mine = (await call("GET", "/alerts/counts")).data.open;

  await server.importFiles(call, [wafer(23, 90)]);
  const sent = Date.now();
  const toast = watcher.getByRole("alert").filter({ hasText: "Alarm at S" });
  await toast.waitFor({ timeout: 2_000 });
  const row = watcher.getByRole("row", { name: /Alarm at S/ });
  await row.getByRole("cell", { name: "1", exact: true }).waitFor({ timeout: Math.max(1, 2_000 - (Date.now() - sent)) });
  await watcher.getByRole("navigation", { name: "Main" }).getByText(/, \d+ open/).waitFor({ state: "attached" });

  await server.importFiles(call, [wafer(24, 85)]);
  await row.getByRole("cell", { name: "2", exact: true }).waitFor();
  assert.equal(await row.count(), 1, "the same cause is one alert");
  const { data: alerts } = await call("GET", `/alerts?control_chart_id=${made.data.control_chart_id}`);
  assert.equal(alerts.length, 1);
  assert.ok((await call("GET", "/alerts/counts")).data.open > mine);

  await toast.getByRole("link", { name: "Open the alert" }).click();
  await watcher.getByRole("heading", { level: 1, name: "Alert: Alarm at S" }).waitFor();
  await watcher.getByRole("button", { name: "Resolve" }).click();
  await watcher.getByLabel("What it was and what was done").fill("Particles from the loader; cleaned");
  await watcher.getByRole("dialog").getByRole("button", { name: "Resolve" }).click();
  await watcher.getByText("Resolved by admin", { exact: false }).waitFor();
  await settled(watcher);
  await picture(watcher, "alert");
  assertNoFaults(watcher);
});

test("data that comes while a chart is looked at waits until it is asked for", async () => {
  const page = await signedIn();
  await page.goto("/trends?step=S");
  await page.getByRole("heading", { name: /limits (at|with)/ }).waitFor();
  await settled(page);
  const rows = page.locator('[data-chart="spc"] button.chart-datum');
  const before = await rows.count();
  await server.importFiles(call, [wafer(25, 10)]);
  await page.getByRole("button", { name: "New data · Show" }).waitFor();
  assert.equal(await rows.count(), before);
  await page.getByRole("button", { name: "New data · Show" }).click();
  await page.waitForFunction((wanted) => document.querySelectorAll('[data-chart="spc"] button.chart-datum').length === wanted, before + 1);
  assertNoFaults(page);
});
