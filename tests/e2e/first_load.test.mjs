// What a browser has to fetch before the dashboard stands, and what it fetches later: the application comes in parts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaults, launch, open } from "./browser.mjs";
import { navigate, settled, signIn } from "./pages.mjs";
import { Server } from "./server.mjs";

const BUDGET_KB = 700;

let server;
let browser;
before(async () => {
  [server, browser] = [await Server.start(), await launch()];
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const isData = ({ pathname }) => pathname.startsWith("/api/") || pathname === "/ws";

test("the first load of the dashboard stays within its budget and holds no other page", async (t) => {
  const page = await open(browser, server.url);
  const fetched = new Map();
  page.on("requestfinished", async (request) => {
    const url = new URL(request.url());
    if (!isData(url)) fetched.set(url.pathname, request.sizes());
  });
  await signIn(page, "admin", server.adminPassword());
  await settled(page);

  const sizes = await Promise.all(fetched.values());
  const kB = sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0) / 1000;
  t.diagnostic(`${fetched.size} files, ${kB.toFixed(0)} kB`);
  const paths = [...fetched.keys()];
  assert.ok(paths.some((path) => path.endsWith("/frontend_bg.wasm")), paths.join(" "));
  assert.ok(kB < BUDGET_KB, `${kB} kB`);
  assert.deepEqual(paths.filter((path) => /\/(split|chunk)_[^/]*\.wasm$/.test(path)), []);
  assertNoFaults(page);
});

test("a part that does not come is asked for again on demand", async () => {
  const page = await open(browser, server.url);
  await signIn(page, "admin", server.adminPassword());
  await settled(page);
  await page.route("**/split_records.wasm", (route) => route.abort());
  await page.getByRole("navigation").getByRole("link", { name: "Wafers", exact: true }).click();
  await page.getByText("This page could not be loaded").waitFor();
  await page.unroute("**/split_records.wasm");

  await page.getByRole("button", { name: "Try again" }).click();

  await page.getByRole("heading", { level: 1, name: "Wafers" }).waitFor();
  page.faults.length = 0;
  await navigate(page, "Pareto");
  assertNoFaults(page);
});
