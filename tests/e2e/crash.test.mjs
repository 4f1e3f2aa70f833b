// What a crash or a cancelled import leaves: nothing.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { manyDefects } from "./samples.mjs";
import { Server } from "./server.mjs";

const servers = [];
after(async () => {
  // The last first: a server that was started again shares its folder with the one that was killed.
  for (const server of servers.reverse()) await server.stop();
});

async function start(options) {
  const server = await Server.start(options);
  servers.push(server);
  return server;
}

/** Begins to upload a large file and stops halfway, with the connection left open. */
async function halfAnUpload(server, token, importId, parts) {
  const boundary = "wafermaps-boundary";
  const upload = request(`${server.url}/api/v1/imports?import_id=${importId}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": `multipart/form-data; boundary=${boundary}` },
  });
  upload.on("error", () => {}); // The server goes while it reads.
  upload.write(`--${boundary}\r\ncontent-disposition: form-data; name="files"; filename="big.klarf"\r\n\r\n`);
  let written = 0;
  for (const chunk of manyDefects(400_000)) {
    if (!upload.write(chunk)) await new Promise((done) => upload.once("drain", done));
    written += 1;
    if (written === parts) break;
  }
  return upload;
}

async function token(server) {
  const answer = await fetch(`${server.url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: "admin", password: server.adminPassword() }),
  });
  return (await answer.json()).data.access_token;
}

async function until(condition, what) {
  for (let tries = 0; tries < 150; tries += 1) {
    if (await condition()) return;
    await sleep(200);
  }
  assert.fail(`not within 30 s: ${what}`);
}

test("a server killed in the middle of an import leaves nothing of it, and works when started again", async () => {
  const server = await start();
  const importId = "019f0000-0000-7000-8000-000000000001";
  const upload = await halfAnUpload(server, await token(server), importId, 200);
  const call = await server.api();
  await until(async () => (await call("GET", `/imports?import_id=${importId}`)).data[0]?.progress.defects > 50_000, "defects are read");
  await server.kill("SIGKILL");
  upload.destroy();

  const again = await start({ data: server.data });
  const ask = await again.api();
  for (const list of ["/inspections", "/wafers", "/lots", "/equipment"]) {
    assert.equal((await ask("GET", list)).pagination.total, 0, list);
  }
  assert.equal((await ask("GET", `/imports/${importId}`)).data.state, "interrupted");
  const sent = await again.importFiles(ask, [["big.klarf", [...manyDefects(2_000)].join("")]]);
  assert.equal(sent.data.state, "succeeded");
  assert.equal((await ask("GET", "/inspections")).data[0].defect_count, 2_000);
});

test("an import that is cancelled while it is sent leaves nothing", async () => {
  const server = await start();
  const importId = "019f0000-0000-7000-8000-000000000002";
  const upload = await halfAnUpload(server, await token(server), importId, 100);
  const call = await server.api();
  await until(async () => (await call("GET", `/imports?import_id=${importId}`)).data[0]?.progress.defects > 10_000, "defects are read");
  assert.equal((await call("POST", `/imports/${importId}/cancel`)).status, 200);
  upload.destroy();
  await until(async () => (await call("GET", `/imports/${importId}`)).data.state === "cancelled", "the import has ended");
  assert.equal((await call("GET", "/inspections")).pagination.total, 0);
  assert.equal((await call("GET", "/wafers")).pagination.total, 0);
});
