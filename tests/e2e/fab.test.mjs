// The synthetic fab as a newcomer meets it: loaded by the command line, then looked at in the browser.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { assertNoFaults, launch, open, picture } from "./browser.mjs";
import { settled, signIn } from "./pages.mjs";
import { BINARY, Server, emptyFolder } from "./server.mjs";

let server;
let browser;
let call;
before(async () => {
  const data = emptyFolder();
  const seed = ["seed", "--data", data, "--scale", "0.02", "--seed", "7", "--end", "2026-03-01", "--images", "0.5", "--spectra", "0.5"];
  execFileSync(BINARY, seed, { env: { ...process.env, DATABASE_URL: undefined }, stdio: "ignore" });
  [server, browser] = [await Server.start({ data }), await launch()];
  call = await server.api();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("a metal particle of the synthetic fab shows its image, its spectrum and its iron", async () => {
  const page = await open(browser, server.url);
  await signIn(page, "admin", server.adminPassword());
  const { data: defects } = await call("GET", "/defects?element=Fe&has_image=true&per_page=20");
  // Steel: iron with chromium and nickel, as worn parts leave it.
  const steel = defects.find((defect) => defect.elements.includes("Cr")) ?? defects[0];
  await page.goto(`/inspections/${steel.inspection_id}/defects/${steel.defect_no}`);
  await page.getByRole("heading", { level: 1, name: `Defect ${steel.defect_no}` }).waitFor();
  await settled(page);
  assert.ok(await page.getByRole("region", { name: "Elements" }).getByRole("checkbox", { name: /^Fe/ }).isChecked());
  await page.getByText("nm/px", { exact: false }).first().waitFor();
  await picture(page, "defect");
  assertNoFaults(page);
});

test("the gallery of a reviewed inspection shows its images by type", async () => {
  const page = await open(browser, server.url);
  await signIn(page, "admin", server.adminPassword());
  const { data: inspections } = await call("GET", "/inspections?sort=defect_count&order=desc&per_page=1");
  const { data: gallery } = await call("GET", `/inspections/${inspections[0].inspection_id}/gallery`);
  assert.ok(gallery.items.length > 5, `${gallery.items.length} images`);
  await page.goto(`/inspections/${inspections[0].inspection_id}?view=gallery`);
  await page.getByText(`${gallery.items.length} images`).waitFor();
  await settled(page);
  await page.waitForFunction(() => document.querySelectorAll("img[src^='blob:']").length > 5);
  await picture(page, "gallery");
  assertNoFaults(page);
});
