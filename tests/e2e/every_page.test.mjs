// Every page of the navigation, empty and full, light and dark, wide and narrow: something to see, nothing on the console.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaults, launch, open, picture } from "./browser.mjs";
import { WaferMap, navigate, settled, signIn } from "./pages.mjs";
import { demonstrationFiles } from "./samples.mjs";
import { Server } from "./server.mjs";

const PAGES = [
  "Dashboard",
  "Trends and SPC",
  "Pareto",
  "Correlation",
  "Seasonality",
  "Stack",
  "Zones",
  "Dies",
  "Control charts",
  "Alerts",
  "Inspections",
  "Wafers",
  "Lots",
  "Imports",
  "Equipment",
  "Defect types",
  "Users",
];
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let server;
let browser;
let call;
before(async () => {
  [server, browser] = [await Server.start(), await launch()];
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

async function assertSomethingToSee(page, name) {
  const text = (await page.locator("main").innerText()).trim();
  assert.ok(text.length > 40, `${name} is blank: "${text}"`);
  assert.doesNotMatch(text, /undefined|NaN|\bnull\b/, name);
}

test("without any data every page says what it will hold", async () => {
  const page = await signedIn();
  for (const name of PAGES) {
    await navigate(page, name);
    await assertSomethingToSee(page, name);
    await picture(page, `empty-${name.toLowerCase().replaceAll(" ", "-")}`);
  }
  assertNoFaults(page);
});

test("an address that does not exist has a page of its own", async () => {
  const page = await signedIn();
  await page.goto("/no/such/page");
  await settled(page);
  await assertSomethingToSee(page, "not found");
  assertNoFaults(page);
});

test("with data every page shows it", async () => {
  const sent = await server.importFiles(call, demonstrationFiles());
  assert.equal(sent.data.state, "succeeded");
  const page = await signedIn();
  for (const name of PAGES) {
    await navigate(page, name);
    await assertSomethingToSee(page, name);
    const file = { Dashboard: "dashboard", "Trends and SPC": "trends", Pareto: "pareto" }[name];
    await picture(page, file ?? `full-${name.toLowerCase().replaceAll(" ", "-")}`);
  }
  assertNoFaults(page);
});

test("an import can be looked up with its report", async () => {
  const page = await signedIn();
  await navigate(page, "Imports");
  await page.locator("table tbody").getByRole("link").first().click();
  await page.getByRole("link", { name: "FB4021:01 at M1-CMP" }).waitFor();
  await settled(page);
  await picture(page, "imports");
  assertNoFaults(page);
});

test("inspection, defect, wafer, tool and type have their pages", async () => {
  const page = await signedIn();
  const { data: inspections } = await call("GET", "/inspections?lot=FB4024&step=M1-CMP");
  const inspection = inspections[0];
  await page.goto(`/inspections/${inspection.inspection_id}`);
  await new WaferMap(page).ready();
  await assertSomethingToSee(page, "inspection");
  await picture(page, "inspection");

  const { data: defects } = await call("GET", `/inspections/${inspection.inspection_id}/defects`);
  await page.getByRole("link", { name: String(defects[0].defect_no), exact: true }).first().click();
  await page.getByRole("heading", { level: 1, name: /^Defect / }).waitFor();
  await settled(page);
  await assertSomethingToSee(page, "defect");
  await picture(page, "full-defect");

  await page.goto(`/wafers/${encodeURIComponent(inspection.wafer_id)}`);
  await settled(page);
  await assertSomethingToSee(page, "wafer");
  await page.getByText("FB4024-", { exact: false }).first().waitFor();
  await picture(page, "wafer");

  await page.goto("/equipment/INS-01");
  await settled(page);
  await assertSomethingToSee(page, "equipment");
  await picture(page, "equipment");

  const { data: types } = await call("GET", "/defect-types?search=Scratch");
  await page.goto(`/defect-types/${types[0].defect_type_id}`);
  await settled(page);
  await assertSomethingToSee(page, "defect type");
  await picture(page, "defect-type");
  assertNoFaults(page);
});

test("on a phone no page is wider than the screen", async () => {
  const page = await signedIn(PHONE);
  const { data: inspections } = await call("GET", "/inspections?per_page=1");
  const paths = ["/", "/trends", "/pareto", "/pareto?compare=before", "/correlation", "/seasonality", "/backtest",
    "/trends?split=step", "/explain", "/stack", "/stack?view=dies", "/stack?view=field", "/zones?rings=3&sectors=4", "/dies", "/inspections",
    `/inspections/${inspections[0].inspection_id}`, "/wafers", `/wafers/${encodeURIComponent(inspections[0].wafer_id)}/adders`,
    "/lots", `/lots/${inspections[0].lot_id}`,
    "/imports", "/equipment", "/defect-types", "/users"];
  for (const path of paths) {
    await page.goto(path);
    await settled(page);
    await assertSomethingToSee(page, path);
    const [wide, shown] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(wide <= shown + 1, `${path} is ${wide} px wide on a screen of ${shown} px`);
    await picture(page, `phone${path.split("?")[0].split("/").slice(0, 2).join("-") || "-dashboard"}`);
  }
  assertNoFaults(page);
});

test("in the dark theme pages are dark and text can be read", async () => {
  const page = await signedIn({ colorScheme: "dark" });
  for (const name of ["Dashboard", "Correlation", "Inspections", "Imports"]) {
    await navigate(page, name);
    const luminance = await page.evaluate(() => {
      const light = (colour) => colour.match(/[\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;
      const body = getComputedStyle(document.body);
      return [light(body.backgroundColor), light(body.color)];
    });
    assert.ok(luminance[0] < 80 && luminance[1] > 150, `${name}: background ${luminance[0]}, text ${luminance[1]}`);
    await picture(page, `dark-${name.toLowerCase()}`);
  }
  assertNoFaults(page);
});

test("a viewer is offered neither imports nor users", async () => {
  const made = await call("POST", "/users", { username: "vera", display_name: "Vera", role: "viewer", password: "a long enough phrase" });
  assert.equal(made.status, 201);
  const page = await open(browser, server.url);
  await signIn(page, "vera", "a long enough phrase");
  await navigate(page, "Imports");
  assert.equal(await page.locator('input[type="file"]').count(), 0);
  assert.equal(await page.getByRole("navigation").getByRole("link", { name: "Users" }).count(), 0);
  await page.goto("/users");
  await settled(page);
  await assertSomethingToSee(page, "no permission");
  assertNoFaults(page);
});

test("a session goes on after the page is loaded anew, and ends with signing out", async () => {
  const page = await signedIn();
  await page.reload();
  await page.getByRole("navigation").first().waitFor();
  await page.getByText("Administrator").first().click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  assertNoFaults(page);
});

test("with the server gone a page says so and offers to try again", async () => {
  const page = await signedIn();
  await server.kill("SIGKILL");
  await page.getByRole("navigation").getByRole("link", { name: "Wafers", exact: true }).click();
  await page.getByRole("button", { name: /again|retry/i }).first().waitFor();
  await picture(page, "server-gone");
  server = await Server.start({ data: server.data });
});
