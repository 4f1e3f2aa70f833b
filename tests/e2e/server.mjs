// A WaferMaps server of its own for a test file: own data folder, own PostgreSQL cluster, free port.
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const ROOT = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
export const BINARY = process.env.WAFERMAPS_BINARY ?? join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "debug/wafermaps");

/** An empty folder that PostgreSQL's own account may enter too, so that the cluster lies in it and goes with it. */
export function emptyFolder() {
  const folder = mkdtempSync(join(tmpdir(), "wafermaps-e2e-"));
  chmodSync(folder, 0o755);
  return folder;
}

export class Server {
  /** Starts a server on an empty data folder, or again on one that a stopped server left. */
  static async start({ data = emptyFolder() } = {}) {
    const portFile = join(data, "port");
    rmSync(portFile, { force: true });
    const child = spawn(
      BINARY,
      ["serve", "--data", data, "--listen", "127.0.0.1:0", "--port-file", portFile, "--dist", process.env.WAFERMAPS_DIST ?? join(ROOT, "dist")],
      { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, DATABASE_URL: undefined } },
    );
    const log = [];
    child.stdout.on("data", (chunk) => log.push(chunk));
    child.stderr.on("data", (chunk) => log.push(chunk));
    const server = new Server(child, data, log);
    for (let tries = 0; tries < 600; tries += 1) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${server.log()}`);
      if (existsSync(portFile)) {
        const port = readFileSync(portFile, "utf8").trim();
        if (port) {
          server.url = `http://127.0.0.1:${port}`;
          const ready = await fetch(`${server.url}/health/ready`).catch(() => null);
          if (ready?.ok) return server;
        }
      }
      await sleep(100);
    }
    await server.kill("SIGKILL");
    throw new Error(`the server is not ready after a minute:\n${server.log()}`);
  }

  constructor(child, data, log) {
    this.child = child;
    this.data = data;
    this.chunks = log;
    this.url = "";
  }

  log() {
    return Buffer.concat(this.chunks).toString();
  }

  /** The password that the first start generated. */
  adminPassword() {
    return readFileSync(join(this.data, "admin-password"), "utf8").trim();
  }

  /** Ends the process with a signal and waits for it; the data folder stays. */
  async kill(signal) {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((done) => this.child.once("exit", done));
    this.child.kill(signal);
    await ended;
  }

  /** Ends the server in order and removes its data. */
  async stop() {
    await this.kill("SIGTERM");
    rmSync(this.data, { recursive: true, force: true });
  }

  /** Signs in over the API and gives a function that calls it. */
  async api(username = "admin", password = this.adminPassword()) {
    const answer = await fetch(`${this.url}/api/v1/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username, password }),
    });
    if (!answer.ok) throw new Error(`sign-in over the API: ${answer.status} ${await answer.text()}`);
    const { data: session } = await answer.json();
    return async (method, path, body) => {
      const response = await fetch(`${this.url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${session.access_token}`,
          ...(body && !(body instanceof FormData) ? { "content-type": "application/json" } : {}),
        },
        body: body instanceof FormData ? body : body && JSON.stringify(body),
      });
      const json = response.status === 204 ? null : await response.json();
      return { status: response.status, ...json };
    };
  }

  /** Imports files over the API, as `[name, bytes]`. */
  async importFiles(call, files) {
    const form = new FormData();
    for (const [name, bytes] of files) form.append("files", new Blob([bytes]), name);
    return call("POST", "/imports", form);
  }
}
