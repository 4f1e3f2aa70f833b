// The wafer map at full scale: what is drawn lies where the API says, what is pointed at is what lies there, nothing is left
// out. Times are printed, not judged.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import http from "node:http";
import test, { after, before } from "node:test";
import { assertNoFaults, launch, open, picture, pixels } from "./browser.mjs";
import { WaferMap, closeTo, numberIn, settled, signIn } from "./pages.mjs";
import { denseClusters, patternedDefects, realFile, seeded, waferFile } from "./samples.mjs";
import { Server } from "./server.mjs";

// Some 12,000 defects in dense clusters: our own, and a real wafer's where the folder is there.
const CLUSTERS = ["clusters.klarf", waferFile("CLUSTERS", denseClusters(seeded(3)))];
const REAL_CLUSTERS = realFile("wafermap-clustering-LAA_FAA_LAA-01.000");
const REAL_DIES = realFile("klarfkit-CPS3TwithoutReview.001");
const DENSE = [CLUSTERS, ...REAL_CLUSTERS];
const MILLION = Number(process.env.WAFERMAPS_MAP_DEFECTS ?? 1_000_000);

let server;
let browser;
let call;
const inspections = new Map();

before(async () => {
  server = await Server.start();
  browser = await launch();
  call = await server.api();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Imports a file once and returns the path of its inspection. */
async function inspectionOf(name, bytes) {
  if (!inspections.has(name)) {
    const answer = await server.importFiles(call, [[name, bytes]]);
    assert.ok(answer.status < 300, JSON.stringify(answer).slice(0, 500));
    let { data } = answer;
    for (let tries = 0; data.state !== "succeeded" && tries < 1200; tries += 1) {
      assert.ok(!["failed", "cancelled"].includes(data.state), JSON.stringify(data).slice(0, 500));
      await new Promise((done) => setTimeout(done, 250));
      ({ data } = await call("GET", `/imports/${data.import_id}`));
    }
    inspections.set(name, `/inspections/${data.files[0].inspections[0].inspection_id}`);
  }
  return inspections.get(name);
}

/** Opens an inspection and gives its map, with the defects that the API has of it as JSON. */
async function opened(path, options) {
  const { data } = await call("GET", `${path}/map`);
  const page = await open(browser, server.url, options);
  await signIn(page, "admin", server.adminPassword());
  await page.goto(path);
  const map = new WaferMap(page);
  await map.ready();
  await map.until((told) => told.shown !== undefined && Number(told.shown) > 0);
  return { page, map, data };
}

/** Chooses how the defects are drawn. */
async function show(map, how) {
  await map.page.locator(".wafer-layers > summary").click();
  await map.page.locator(".wafer-layers-menu").getByRole("button", { name: how, exact: true }).click();
  await map.page.locator(".wafer-layers > summary").click();
  await map.frames(3);
}

/** Where on the canvas every defect of a map lies, CSS px. */
async function places(map, data) {
  const scale = await map.told("mmPerPx");
  const [x, y] = [await map.told("centreX"), await map.told("centreY")];
  const { x_mm, y_mm, kind } = data.defects;
  return x_mm.map((mm, index) => ({ x: x + mm / scale, y: y - y_mm[index] / scale, kind: kind[index], index }));
}

/** Places by squares of `size` px, to look up what is near. */
function squares(all, size) {
  const found = new Map();
  for (const place of all) {
    const key = `${Math.floor(place.x / size)},${Math.floor(place.y / size)}`;
    found.set(key, [...(found.get(key) ?? []), place]);
  }
  return (x, y) => {
    const [column, row] = [Math.floor(x / size), Math.floor(y / size)];
    const near = [];
    for (let dx = -1; dx <= 1; dx += 1) for (let dy = -1; dy <= 1; dy += 1) near.push(...(found.get(`${column + dx},${row + dy}`) ?? []));
    return near;
  };
}

const rgb = (colour) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

/** Whether neither the mark of another defect nor its contour lies on that of this one. */
function isAlone({ x, y, kind }, near) {
  return near(x, y).every((other) => {
    const apart = Math.hypot(other.x - x, other.y - y);
    return apart > 18 || (apart === 0 && other.kind === kind);
  });
}

/** Compares the pixels of defects that stand alone with the colours of their types. */
async function assertDrawn(map, data, what) {
  const size = await map.canvas.evaluate((node) => [node.clientWidth, node.clientHeight]);
  const all = (await places(map, data)).filter(({ x, y }) => x > -20 && y > -20 && x < size[0] + 20 && y < size[1] + 20);
  const near = squares(all, 22);
  const alone = all.filter((one) => one.x > 4 && one.y > 4 && one.x < size[0] - 4 && one.y < size[1] - 4 && isAlone(one, near));
  assert.ok(alone.length > 0, `${what}: no defect to look at`);
  const chosen = alone.filter((_, index) => index % Math.ceil(alone.length / 60) === 0);
  const found = await pixels(map.canvas, chosen.map(({ x, y }) => [x, y]));
  for (const [index, { kind, index: defect }] of chosen.entries()) {
    closeTo(found[index], rgb(data.types[kind].colour), 30, `${what}: colour of defect ${data.defects.defect_no[defect]}`);
  }
  // Where no defect is near, nothing is drawn.
  const bare = [];
  for (let turn = 0; bare.length < 40 && turn < 4000; turn += 1) {
    const [x, y] = [((turn * 37) % (size[0] - 10)) + 5, ((turn * 101) % (size[1] - 10)) + 5];
    if (near(x, y).every((other) => Math.hypot(other.x - x, other.y - y) > 20)) bare.push([x, y]);
  }
  const colours = data.types.map((kind) => rgb(kind.colour));
  for (const [index, colour] of (await pixels(map.canvas, bare)).entries()) {
    const isMark = colours.some((of) => Math.max(...of) - Math.min(...of) > 60 && of.every((part, axis) => Math.abs(part - colour[axis]) < 12));
    assert.ok(!isMark, `${what}: a mark at ${bare[index]}, where no defect lies`);
  }
  return chosen.length;
}

for (const [[name, bytes], options, renderer] of [
  ...[...REAL_DIES, ...DENSE].map((file) => [file, {}, "webgl2"]),
  ...DENSE.map((file) => [file, { deviceScaleFactor: 2 }, "webgl2"]),
  ...DENSE.map((file) => [file, { withoutCard: true }, "2d"]),
]) {
  const how = `${renderer}${options.deviceScaleFactor ? ", two device px a px" : ""}`;
  test(`the defects of ${name} are drawn where the API has them, at three zooms, by ${how}`, async () => {
    const { page, map, data } = await opened(await inspectionOf(name, bytes), options);
    assert.equal(await map.canvas.getAttribute("data-renderer"), renderer);
    await show(map, "Points");
    const total = data.defects.x_mm.length;
    assert.equal(await map.told("shown"), total);
    const { x_mm, y_mm } = data.defects;
    const looked = [await assertDrawn(map, data, "whole wafer")];
    for (const width of [0.05, 0.002]) {
      // One that stands alone at this zoom, from a third of all on, where the clusters are.
      const near = squares(x_mm.map((x, index) => ({ x, y: y_mm[index], index })), 20 * width);
      const isFree = (at) => near(x_mm[at], y_mm[at]).every(({ x, y, index }) => index === at || Math.hypot(x - x_mm[at], y - y_mm[at]) > 20 * width);
      const at = Array.from({ length: total }, (_, index) => (index + Math.floor(total / 3)) % total).find(isFree);
      await page.getByRole("button", { name: "Whole wafer" }).click();
      await map.frames(3);
      await map.zoomTo(x_mm[at], y_mm[at], width);
      looked.push(await assertDrawn(map, data, `${width} mm a px`));
    }
    console.log(`# ${name} (${how}): ${looked.join(", ")} defects compared`);
    assertNoFaults(page);
  });
}

test("a rectangle and a lasso count the defects that lie in them", async () => {
  const { page, map, data } = await opened(await inspectionOf(...CLUSTERS));
  const box = await map.canvas.boundingBox();
  const all = await places(map, data);
  const counted = async () => numberIn(await page.locator(".wafer-note").filter({ hasText: /defects? in/ }).innerText());
  const [left, top, right, bottom] = [0.3, 0.25, 0.7, 0.6].map((share, index) => Math.round(share * [box.width, box.height][index % 2]));

  await page.getByRole("button", { name: "Select region" }).click();
  await page.mouse.move(box.x + left, box.y + top);
  await page.mouse.down();
  await page.mouse.move(box.x + right, box.y + bottom, { steps: 6 });
  await page.mouse.up();
  const inBox = all.filter(({ x, y }) => x >= left && x <= right && y >= top && y <= bottom).length;
  assert.ok(inBox > 0);
  assert.ok(Math.abs((await counted()) - inBox) <= 2, `${await counted()} counted, ${inBox} in the rectangle`);
  await page.getByRole("button", { name: "Clear region" }).click();

  const corners = [[0.2, 0.2], [0.8, 0.3], [0.55, 0.5], [0.75, 0.8], [0.25, 0.7]].map(([x, y]) => [x * box.width, y * box.height]);
  await page.getByRole("button", { name: "Lasso" }).click();
  await page.mouse.move(box.x + corners[0][0], box.y + corners[0][1]);
  await page.mouse.down();
  for (const [x, y] of [...corners.slice(1), corners[0]]) await page.mouse.move(box.x + x, box.y + y, { steps: 12 });
  await page.mouse.up();
  const inside = ({ x, y }) => {
    let odd = false;
    for (const [index, [x1, y1]] of corners.entries()) {
      const [x2, y2] = corners[(index + corners.length - 1) % corners.length];
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) odd = !odd;
    }
    return odd;
  };
  const inLasso = all.filter(inside).length;
  await page.getByText(/in the lasso/).waitFor();
  const found = await counted();
  assert.ok(inLasso > 0 && Math.abs(found - inLasso) <= Math.max(3, inLasso * 0.02), `${found} counted, ${inLasso} in the lasso`);
  await page.locator(`.picked-note[data-picked="${found}"]`).waitFor();
  await page.getByRole("button", { name: "Clear region" }).click();
  await page.locator(".picked-note").waitFor({ state: "detached" });
  assertNoFaults(page);
});

test("keys go from defect to defect in view, and Enter opens one", async () => {
  const { page, map, data } = await opened(await inspectionOf(...CLUSTERS));
  const number = async () => numberIn(await page.locator(".wafer-tip > div").first().innerText());
  await map.canvas.focus();
  await page.keyboard.press("]");
  assert.equal(await number(), data.defects.defect_no[0]);
  await page.keyboard.press("]");
  assert.equal(await number(), data.defects.defect_no[1]);
  await page.keyboard.press("[");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: `Defect ${data.defects.defect_no[0]}`, exact: true }).waitFor();
  assertNoFaults(page);
});

test("a turned and flipped map draws the same defects, with the wafer's own coordinates", async () => {
  const { page, map, data } = await opened(await inspectionOf(...CLUSTERS));
  await show(map, "Points");
  await page.locator(".wafer-layers > summary").click();
  await page.getByRole("button", { name: "Rotate 90°" }).click();
  await page.getByRole("button", { name: "Flip", exact: true }).click();
  await page.locator(".wafer-layers > summary").click();
  await map.until((told) => told.turn === "90" && told.mirrored === "1");
  const [scale, x, y] = [await map.told("mmPerPx"), await map.told("centreX"), await map.told("centreY")];
  // A quarter clockwise brings +x down and +y right; the flip then brings +y left.
  const { x_mm, y_mm, kind, defect_no } = data.defects;
  const all = x_mm.map((mm, index) => ({ x: x - y_mm[index] / scale, y: y + mm / scale, kind: kind[index], index }));
  const near = squares(all, 22);
  const alone = all.filter((one) => isAlone(one, near));
  const chosen = alone.slice(0, 30);
  const found = await pixels(map.canvas, chosen.map((one) => [one.x, one.y]));
  for (const [index, one] of chosen.entries()) closeTo(found[index], rgb(data.types[one.kind].colour), 30, `defect ${defect_no[one.index]}`);
  const box = await map.canvas.boundingBox();
  await page.mouse.move(box.x + chosen[0].x, box.y + chosen[0].y);
  await page.locator(".wafer-tip").getByText(" mm").waitFor();
  const told = await page.locator(".wafer-readout").innerText();
  const [mmX, mmY] = told.match(/-?\d+\.\d+/g).map(Number);
  assert.ok(Math.hypot(mmX - x_mm[chosen[0].index], mmY - y_mm[chosen[0].index]) < 2 * scale, told);
  assertNoFaults(page);
});

test("a view is saved as PNG and as SVG with title and counts", async () => {
  const { page, map, data } = await opened(await inspectionOf(...CLUSTERS));
  const saved = async (kind) => {
    await page.locator(".wafer-layers > summary").click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: kind, exact: true }).click()]);
    await page.locator(".wafer-layers > summary").click();
    assert.ok(download.suggestedFilename().endsWith(`.${kind.toLowerCase()}`));
    return readFileSync(await download.path());
  };
  const svg = (await saved("SVG")).toString();
  assert.ok(svg.includes(`<title>Wafer ${data.wafer_id} at `), svg.slice(0, 400));
  assert.ok(/[\d,  ]+ defects? shown, [\d,  ]+ in view/.test(svg));
  assert.equal(svg.match(/<use /g).length, data.defects.x_mm.length);
  assert.ok(svg.includes('class="scale"') && svg.includes(data.types[0].name));
  const valid = await page.evaluate((text) => new DOMParser().parseFromString(text, "image/svg+xml").querySelector("parsererror") === null, svg);
  assert.ok(valid, "the SVG is well formed");

  const png = await saved("PNG");
  const size = await page.evaluate(async (bytes) => {
    const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: "image/png" }));
    return [image.width, image.height];
  }, [...png]);
  const canvas = await map.canvas.evaluate((node) => [node.width, node.height]);
  assert.ok(size[0] >= canvas[0] && size[1] > canvas[1] + 40, `${size} around ${canvas}`);
  assertNoFaults(page);
});

/** Milliseconds from frame to frame while the map is dragged to and fro. */
async function frameTimes(map, count = 60) {
  return map.canvas.evaluate(async (node, frames) => {
    const { left, top, width, height } = node.getBoundingClientRect();
    const tell = (type, x, y) =>
      node.dispatchEvent(new PointerEvent(type, { pointerId: 77, button: type === "pointermove" ? -1 : 0, bubbles: true, clientX: x, clientY: y }));
    let [x, y] = [left + width / 2, top + height / 2];
    tell("pointerdown", x, y);
    const times = [];
    let last = await new Promise(requestAnimationFrame);
    for (let frame = 0; frame < frames; frame += 1) {
      x += Math.floor(frame / 15) % 2 === 0 ? 6 : -6;
      y += Math.floor(frame / 10) % 2 === 0 ? 3 : -3;
      tell("pointermove", x, y);
      const now = await new Promise(requestAnimationFrame);
      times.push(now - last);
      last = now;
    }
    tell("pointerup", x, y);
    return times;
  }, count);
}

/** The same of a page that does nothing but clear canvases of the map's size. */
async function bareFrameTimes([width, height]) {
  const page = await open(browser, server.url, { keepsPictures: false });
  await page.goto("about:blank");
  const times = await page.evaluate(async ([wide, high]) => {
    const canvases = ["2d", "webgl2", "2d"].map((kind) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [wide, high];
      canvas.style.cssText = "position:absolute;left:0;top:0";
      document.body.append(canvas);
      return [kind, canvas.getContext(kind, { willReadFrequently: true })];
    });
    const found = [];
    let last = await new Promise(requestAnimationFrame);
    for (let frame = 0; frame < 60; frame += 1) {
      for (const [kind, context] of canvases) {
        if (kind === "2d") context.clearRect(0, 0, wide, high);
        else {
          context.clearColor(0, 0, 0, 0);
          context.clear(context.COLOR_BUFFER_BIT);
        }
      }
      const now = await new Promise(requestAnimationFrame);
      found.push(now - last);
      last = now;
    }
    return found;
  }, [width, height]);
  await page.context().close();
  return times;
}

function spread(times) {
  const sorted = [...times].sort((one, other) => one - other);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1);
  return `median ${at(0.5)} ms, 95 % ${at(0.95)} ms, worst ${at(1)} ms`;
}

/** Bytes on the wire and times of an answer. */
async function wire(path, accept) {
  const { data: session } = await (
    await fetch(`${server.url}/api/v1/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username: "admin", password: server.adminPassword() }),
    })
  ).json();
  const began = performance.now();
  return new Promise((done, fail) => {
    const headers = { accept, "accept-encoding": "gzip", authorization: `Bearer ${session.access_token}` };
    http.get(`${server.url}/api/v1${path}`, { headers }, (answer) => {
      let bytes = 0;
      let first;
      answer.on("data", (chunk) => {
        first ??= performance.now() - began;
        bytes += chunk.length;
      });
      answer.on("end", () => done({ status: answer.statusCode, encoding: answer.headers["content-encoding"] ?? "plain", bytes, first, last: performance.now() - began }));
      answer.on("error", fail);
    }).on("error", fail);
  });
}

for (const file of DENSE) {
  test(`the dense clusters of ${file[0]} load, pan and zoom`, async () => {
    const { page, map, data } = await opened(await inspectionOf(...file), { keepsPictures: false });
    assert.equal(await map.told("shown"), data.defects.x_mm.length);
    const size = await map.canvas.evaluate((node) => [node.width, node.height]);
    console.log(`# bare page: ${spread(await bareFrameTimes(size))}`);
    console.log(`# ${data.defects.x_mm.length} in clusters, whole wafer: ${spread(await frameTimes(map))}`);
    await map.zoomTo(data.defects.x_mm[5], data.defects.y_mm[5], 0.02);
    console.log(`# ${data.defects.x_mm.length} in clusters, zoomed in: ${spread(await frameTimes(map))}`);
    await picture(page, "map-clusters");
    assertNoFaults(page);
  });
}

test("a map is drawn again when the browser gives the graphics card back, and without it until then", async () => {
  const { page, map, data } = await opened(await inspectionOf(...CLUSTERS));
  await show(map, "Points");
  assert.equal(await map.canvas.getAttribute("data-renderer"), "webgl2");
  await assertDrawn(map, data, "before");
  const card = await page.locator("canvas.wafer-points").evaluateHandle((node) => node.getContext("webgl2").getExtension("WEBGL_lose_context"));
  await card.evaluate((extension) => extension.loseContext());
  await map.until((told) => told.renderer === "2d");
  await assertDrawn(map, data, "without the card");
  // What hands do with the map goes on meanwhile.
  await map.zoomTo(20, 30, 0.3);
  await assertDrawn(map, data, "without the card, zoomed");
  await card.evaluate((extension) => extension.restoreContext());
  await map.until((told) => told.renderer === "webgl2");
  await assertDrawn(map, data, "with the card again, zoomed");
  await page.getByRole("button", { name: "Whole wafer" }).click();
  await map.frames(3);
  await assertDrawn(map, data, "with the card again");
  assertNoFaults(page);
});

test("a million defects load, pan and zoom, every one counts, and the one under the pointer is found", { timeout: 900_000 }, async () => {
  const file = new Blob([...patternedDefects(MILLION)]);
  // Writing it has held up everything else: connections that the server has closed meanwhile are noticed now, not by the upload.
  await new Promise((done) => setTimeout(done, 100));
  const path = await inspectionOf("million.klarf", file);
  for (const [name, accept] of [["Arrow", "application/vnd.apache.arrow.stream"], ["JSON", "application/json"]]) {
    const { status, encoding, bytes, first, last } = await wire(`${path}/map`, accept);
    assert.equal(status, 200);
    console.log(`# ${name} (${encoding}): ${(bytes / MILLION).toFixed(2)} bytes a defect, first byte ${first.toFixed(0)} ms, last ${last.toFixed(0)} ms`);
  }
  const { page, map, data } = await opened(path, { keepsPictures: false });
  const { x_mm, y_mm, defect_no } = data.defects;
  assert.equal(x_mm.length, MILLION);
  const parsing = await page.evaluate(async (count) => {
    const text = JSON.stringify(Array.from({ length: count }, (_, index) => index * 1.000001));
    const began = performance.now();
    JSON.parse(text);
    return performance.now() - began;
  }, MILLION);
  console.log(`# decode ${(await map.told("decodeMs")).toFixed(0)} ms (one such column parsed from JSON: ${parsing.toFixed(0)} ms); first byte ${(await map.told("firstByteMs")).toFixed(0)} ms, last ${(await map.told("lastByteMs")).toFixed(0)} ms, first picture ${(await map.told("firstPictureMs")).toFixed(0)} ms after it`);

  // Every defect counts, as cells ...
  assert.equal(await map.told("shown"), MILLION);
  await show(map, "Density");
  await map.until((told) => told.mode === "density");
  assert.equal(await map.told("cellsTotal"), MILLION);
  const cellMm = await map.told("cellMm");
  const size = await map.canvas.evaluate((node) => [node.width, node.height]);
  console.log(`# bare page: ${spread(await bareFrameTimes(size))}`);
  console.log(`# ${MILLION} as density of ${cellMm} mm: ${spread(await frameTimes(map))}`);
  await picture(page, "map-million-density");
  // ... and the cell under the pointer has as many as lie in it.
  const box = await map.canvas.boundingBox();
  for (const [xCell, yCell] of [[0.5, 0.5], [-60.5, 40.5], [118.5, 0.5]].map((point) => point.map((mm) => (Math.floor(mm / cellMm) + 0.5) * cellMm))) {
    const [x, y] = await map.place(xCell, yCell);
    await page.mouse.move(box.x + x, box.y + y);
    const held = x_mm.filter((mm, index) => Math.floor(mm / cellMm) === Math.floor(xCell / cellMm) && Math.floor(y_mm[index] / cellMm) === Math.floor(yCell / cellMm)).length;
    const told = (await page.locator(".wafer-readout").innerText()).match(/· ([\d,.  ]+) in the cell/);
    assert.equal(Number(told[1].replace(/\D/g, "")), held, `cell at ${xCell}, ${yCell}`);
  }

  // ... and as points.
  await show(map, "Points");
  await map.until((told) => told.mode === "points");
  console.log(`# ${MILLION} as points, whole wafer (${await map.canvas.getAttribute("data-renderer")}): ${spread(await frameTimes(map, 20))}`);
  const kept = (await map.told("bytes")) / MILLION;
  console.log(`# ${kept.toFixed(1)} bytes a defect in the browser: columns, index, graphics card, density`);
  assert.ok(kept <= 64, `${kept} bytes a defect`);
  await picture(page, "map-million-points");
  await page.getByRole("button", { name: "Whole wafer" }).click();
  await show(map, "Auto");
  await map.until((told) => told.mode === "density");
  for (const [x, y, width] of [[-60, 0, 0.02], [118, 0, 0.01], [20, -30, 0.005], [3, 140, 0.002]]) {
    await page.getByRole("button", { name: "Whole wafer" }).click();
    await map.zoomTo(x, y, width);
    await map.until((told) => told.mode === "points");
    await map.frames(3);
    const told = await map.canvas.evaluate((node) => ({ ...node.dataset, wide: node.clientWidth, high: node.clientHeight }));
    const [scale, centreX, centreY] = [told.mmPerPx, told.centreX, told.centreY].map(Number);
    const inView = x_mm.filter((mm, index) => {
      const [px, py] = [centreX + mm / scale, centreY - y_mm[index] / scale];
      return px >= 0 && py >= 0 && px <= told.wide && py <= told.high;
    }).length;
    // A defect on the very edge may fall on either side.
    assert.ok(Math.abs(Number(told.inView) - inView) <= 1, `${told.inView} in view, ${inView} by the API`);
    for (const [px, py] of [[0.5, 0.5], [0.31, 0.62], [0.8, 0.2]].map(([across, down]) => [Math.round(across * box.width), Math.round(down * box.height)])) {
      await page.mouse.move(box.x + px, box.y + py);
      await map.frames(2);
      const [mmX, mmY] = [(px - centreX) * scale, (centreY - py) * scale];
      let [best, distance] = [-1, Infinity];
      for (let index = 0; index < x_mm.length; index += 1) {
        const apart = Math.hypot(x_mm[index] - mmX, y_mm[index] - mmY);
        if (apart < distance) [best, distance] = [index, apart];
      }
      const tip = page.locator(".wafer-tip");
      if (distance / scale <= 8) {
        assert.equal(numberIn(await tip.locator("div").first().innerText()), defect_no[best], `nearest to ${mmX}, ${mmY} mm`);
      } else if (distance / scale > 20) {
        assert.ok(!(await tip.isVisible()), `nothing lies near ${mmX}, ${mmY} mm`);
      }
    }
    console.log(`# ${inView} of ${MILLION} in view at ${width} mm a px: ${spread(await frameTimes(map))}`);
  }
  await picture(page, "map-million-zoomed");
  await settled(page);
  assertNoFaults(page);
});
