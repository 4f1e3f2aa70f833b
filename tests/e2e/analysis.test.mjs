// Trends side by side, two periods, relations, seasons, causes: what an engineer asks of the synthetic fab.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertNoFaults, launch, open, picture } from "./browser.mjs";
import { navigate, settled, signIn } from "./pages.mjs";
import { BINARY, Server, emptyFolder } from "./server.mjs";

let server;
let browser;
let call;
let truth;
before(async () => {
  const data = emptyFolder();
  const file = join(data, "truth.json");
  const seed = ["seed", "--data", data, "--scale", "0.2", "--seed", "1", "--end", "2026-03-01", "--images", "0", "--truth", file];
  execFileSync(BINARY, seed, { env: { ...process.env, DATABASE_URL: undefined }, stdio: "ignore" });
  truth = JSON.parse(readFileSync(file, "utf8"));
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

/** What was planted under this id. */
const planted = (id) => truth.excursions.find((excursion) => excursion.id === id);

/** The id of a defect type. */
async function typeId(name) {
  const { data } = await call("GET", "/analytics/facets");
  return data.defect_types.find((type) => type.label === name).key;
}

/** The filter under which an excursion is found, as a query. */
async function filterOf(excursion) {
  const { from, to, step_id, product_id, defect_type } = excursion.found_by;
  const query = new URLSearchParams({ from, to, step: step_id, defect_type: await typeId(defect_type) });
  if (product_id) query.set("product", product_id);
  return query;
}

test("the trend falls apart into small charts of one scale, and one of them becomes the filter", async () => {
  const page = await signedIn();
  const { data: facets } = await call("GET", "/analytics/facets");
  await page.goto("/trends?split=step");
  await settled(page);
  const panels = page.getByRole("region", { name: "Small multiples" });
  await panels.locator("canvas").nth(facets.steps.length - 1).waitFor();
  assert.equal(await panels.locator(".chart-card").count(), facets.steps.length);
  await picture(page, "small-multiples");
  await page.getByRole("combobox", { name: "Scale" }).selectOption({ label: "each its own" });
  assert.match(page.url(), /scale=own/);
  const first = await panels.getByRole("heading").first().innerText();
  await panels.getByRole("button", { name: `Only ${first}` }).click();
  await page.getByRole("button", { name: `Remove Step: ${first}` }).waitFor();
  await settled(page);
  assert.equal(await panels.locator(".chart-card").count(), 1);
  // A point of a small chart opens its inspection, from the keyboard too.
  await panels.locator("button.chart-datum").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/inspections\/[0-9a-f-]{36}/);
  assertNoFaults(page);
});

test("killer types alone can be counted, and an attribute in the address is a chip that goes away", async () => {
  const page = await signedIn();
  await page.goto("/trends?attribute=shift%3Dnight");
  await settled(page);
  await page.getByLabel("Killer types only").check();
  assert.match(page.url(), /killers=true/);
  await page.getByRole("button", { name: "Remove Shift: night" }).click();
  assert.doesNotMatch(page.url(), /attribute/);
  assertNoFaults(page);
});

test("a planted excursion stands out when its period is compared with the one before", async () => {
  const page = await signedIn();
  const { from, to, step_id: step, defect_type } = planted("dirty-reticle");
  await page.goto(`/pareto?${new URLSearchParams({ from, to, step, compare: "before" })}`);
  const changes = page.getByRole("region", { name: "Changes between the periods" });
  await changes.waitFor();
  await settled(page);
  const row = changes.getByRole("row", { name: new RegExp(defect_type) });
  assert.match(await row.innerText(), /Up to ×[\d.]+/);
  assert.ok((await page.getByText("Benjamini-Hochberg", { exact: false }).count()) > 0, "the control of false alarms is told");
  await picture(page, "compare");
  // A click filters, and the next way to look is offered.
  await row.getByRole("button").click();
  await page.getByRole("group", { name: "Look at what is chosen in another way" }).getByRole("button", { name: "By equipment" }).click();
  await page.getByRole("heading", { name: "Two periods by equipment" }).waitFor();
  assert.match(page.url(), /defect_type=\d+/);
  assertNoFaults(page);
});

test("a cell of the correlation matrix opens the two types with their scatter and series", async () => {
  const page = await signedIn();
  await navigate(page, "Correlation");
  const matrix = page.getByRole("region", { name: "Matrix of correlations" });
  const cell = matrix.locator("tbody a").first();
  await cell.waitFor();
  await picture(page, "correlation");
  const words = (await cell.locator(".visually-hidden").textContent()).split(":")[0];
  assert.match(await cell.innerText(), /[01]\.\d\d/, "the number stands in the cell");
  await cell.click();
  await page.getByRole("heading", { name: words }).waitFor();
  await settled(page);
  assert.match(page.url(), /first=\d+&second=\d+/);
  assert.equal(await page.locator('[data-chart="pair-series"] canvas').count(), 2);
  await page.locator('[data-chart="scatter"] canvas').waitFor();
  await picture(page, "correlation-pair");
  await page.goBack();
  await matrix.waitFor();
  assertNoFaults(page);
});

test("the night shift of the humid season stands out", async () => {
  const page = await signedIn();
  const { from, to, step_id: step, defect_type } = planted("humid-nights");
  await page.goto(`/seasonality?${new URLSearchParams({ from, to, step, defect_type: await typeId(defect_type) })}`);
  await page.getByRole("heading", { name: "By shift" }).waitFor();
  await settled(page);
  await page.getByText(/The groups differ.*night ×/).first().waitFor();
  await page.getByRole("heading", { name: "Daily values", exact: true }).waitFor();
  await picture(page, "seasonality");
  assertNoFaults(page);
});

test("an excursion is explained: its reticle leads the suspects, with evidence to look at", async () => {
  const page = await signedIn();
  const excursion = planted("dirty-reticle");
  const query = await filterOf(excursion);
  const { data: chart } = await call("GET", `/analytics/spc?${query}`);
  const high = chart.violations.filter((violation) => violation.direction === "high" && violation.at >= excursion.from);
  assert.ok(high.length > 0, "the excursion is found by the chart");
  await page.goto(`/explain?${query}&inspection_id=${high.at(-1).inspection_id}`);
  await page.getByRole("heading", { level: 1, name: /^Why wafer/ }).waitFor();
  await settled(page);
  const headline = await page.getByRole("region", { name: "In short" }).locator(".headline-text").innerText();
  assert.match(headline, new RegExp(`^Reticle ${excursion.reticle}: \\d+ of \\d+ bad inspections, \\d+ of \\d+ good ones\\.$`));
  const suspects = page.getByRole("region", { name: "Suspects", exact: true });
  assert.match(await suspects.locator("tbody tr").first().innerText(), new RegExp(`Reticle ${excursion.reticle}`));
  // Maps are fetched when they come into sight.
  await page.locator(".small-map").first().scrollIntoViewIfNeeded();
  await page.locator(".small-map-dots").first().waitFor();
  await picture(page, "explain");
  await suspects.locator("tbody tr").first().getByRole("link").click();
  await page.getByRole("button", { name: `Remove Reticle: ${excursion.reticle}` }).waitFor();
  assertNoFaults(page);
});

test("limits are tried on history with a known event", async () => {
  const page = await signedIn();
  const excursion = planted("metal-chamber");
  const query = await filterOf(excursion);
  query.set("baseline_to", excursion.from);
  await page.goto(`/backtest?${query}`);
  await settled(page);
  await page.getByText(/\d+ false alarms? at \d+ quiet points/).waitFor();
  const form = page.locator("form", { has: page.getByRole("button", { name: "Add event" }) });
  await form.getByLabel("Event").fill("Shield worn");
  await form.getByLabel("First day").fill(excursion.from.slice(0, 10));
  await form.getByLabel("Last day").fill(excursion.to.slice(0, 10));
  await form.getByRole("button", { name: "Add event" }).click();
  const events = page.getByRole("region", { name: "Detection of the events" });
  await events.getByRole("row", { name: /Shield worn.*Found/ }).waitFor();
  await settled(page);
  await picture(page, "backtest");
  await page.getByRole("button", { name: "Remove Shield worn" }).click();
  await events.waitFor({ state: "detached" });
  assertNoFaults(page);
});

test("on a phone none of these pages is wider than the screen", async () => {
  const page = await signedIn({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const query = await filterOf(planted("dirty-reticle"));
  const { data: chart } = await call("GET", `/analytics/spc?${query}`);
  const point = `${query}&inspection_id=${chart.violations.at(-1).inspection_id}`;
  for (const path of ["/trends?split=type", "/pareto?compare=before&window=1y", "/correlation", "/seasonality", "/backtest", `/explain?${point}`]) {
    await page.goto(path);
    await settled(page);
    const [wide, shown] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(wide <= shown + 1, `${path} is ${wide} px wide on a screen of ${shown} px`);
    await picture(page, `phone-analysis-${path.split(/[/?]/)[1]}`);
  }
  assertNoFaults(page);
});
