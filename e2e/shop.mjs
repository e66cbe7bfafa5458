// A shop of a story's own: the real binary on a throw-away folder, with its own PostgreSQL. BIZHUB_BIN names another binary.
import { execFile, spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const bin = resolve(process.env.BIZHUB_BIN ?? join(import.meta.dirname, "../target/debug/bizhub"));

export const SEEDED = { username: "admin", password: "changeme123" };
export const DEMO_PASSWORD = "payless-demo-2026";

/** Opens a shop: empty, or with a year of demo data. */
export const openShop = async ({ demo = false } = {}) => {
  const dir = await mkdtemp(join(tmpdir(), "bizhub-e2e-"));
  // The database's own account has to get through.
  await chmod(dir, 0o755);
  const data = join(dir, "data");
  const env = { ...process.env, BIZHUB_DATABASE_URL: undefined };
  let server;
  let log = "";
  const close = async () => {
    if (server && server.exitCode === null) {
      const gone = new Promise((done) => server.once("exit", done));
      server.kill("SIGTERM");
      await gone;
    }
    await rm(dir, { recursive: true, force: true });
  };
  try {
    if (demo) await promisify(execFile)(bin, ["seed", "--demo", "--data-dir", data], { env });
    server = spawn(bin, ["serve", "--listen", "127.0.0.1:0", "--data-dir", data], { env, stdio: ["ignore", "pipe", "pipe"] });
    server.stderr.on("data", (text) => (log += text));
    const base = await new Promise((ready, failed) => {
      createInterface({ input: server.stdout }).on("line", (line) => {
        const [, address] = /BizHub is ready at (\S+)/.exec(line) ?? [];
        if (address) ready(address.replace(/\/$/, ""));
      });
      server.once("error", failed);
      server.once("exit", (code) => failed(new Error(`bizhub serve ended with ${code}: ${log}`)));
    });
    /** What a command of the program says about this shop. */
    const run = async (...args) => (await promisify(execFile)(bin, [...args, "--data-dir", data], { env })).stdout;
    /**
     * Lets days pass. The program reads the machine's clock and has no switch for another, so the world is moved instead: the owner of
     * the test's own database sets every day and every instant that the shop wrote that much earlier, without a trigger.
     */
    const passes = async (days) => {
      const url = (await run("db", "url", "--role", "owner")).trim();
      await promisify(execFile)("psql", [url, "-qX", "-v", "ON_ERROR_STOP=1", "-c", earlier(days)]);
    };
    return { base, close, run, passes, log: () => log, api: (token) => client(base, token) };
  } catch (error) {
    await close();
    throw error;
  }
};

// Who is signed in and which requests were answered stay where they are: they are about today's requests.
const earlier = (days) => `
  DO $$
  DECLARE
    one record;
  BEGIN
    FOR one IN
      SELECT c.table_name, string_agg(format('%1$I = %1$I - make_interval(days => ${days})', c.column_name), ', ') AS sets
      FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
      WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type IN ('date', 'timestamp with time zone')
        AND c.table_name NOT IN ('sessions', 'api_tokens', 'idempotency_keys', 'sign_in_attempts')
      GROUP BY c.table_name
    LOOP
      EXECUTE format('ALTER TABLE public.%I DISABLE TRIGGER USER', one.table_name);
      EXECUTE format('UPDATE public.%I SET %s', one.table_name, one.sets);
      EXECUTE format('ALTER TABLE public.%I ENABLE TRIGGER USER', one.table_name);
    END LOOP;
  END
  $$`;

/** The JSON API. What it refuses is an error, with its sentence. */
const client = (base, token) => {
  const call = async (method, path, body) => {
    const headers = { Accept: "application/json" };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const answer = await fetch(`${base}/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await answer.text();
    const json = text ? JSON.parse(text) : null;
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${json?.detail ?? text}`);
    return json;
  };
  return { get: (path) => call("GET", path), post: (path, body) => call("POST", path, body), patch: (path, body) => call("PATCH", path, body) };
};

/** A client that is signed in. */
export const apiAs = async (shop, username, password) => {
  const { token } = await shop.api().post("/auth/token", { username, password });
  return shop.api(token);
};

/** The administrator, past the first change of password. */
export const adminApi = async (shop, password) => {
  const first = await apiAs(shop, SEEDED.username, SEEDED.password);
  await first.post("/auth/password", { current_password: SEEDED.password, new_password: password });
  return apiAs(shop, SEEDED.username, password);
};

/** A laptop that was received, tested, wiped and graded A. */
export const readyDevice = async (api, serial_number, product_model_id) => {
  const { id } = await api.post("/assets", { serial_number, product_model_id, purchase_cost: "2000.00" });
  await api.post(`/assets/${id}/status`, { status: "Diagnostics Pending" });
  await api.post(`/assets/${id}/diagnostics`, { checklist_data: { display: "pass" }, overall_result: "Pass" });
  await api.post(`/assets/${id}/wipe-certificates`, { wipe_method: "NIST 800-88 Clear" });
  return api.post(`/assets/${id}/quality-check`, { condition_grade: "A", passed: true });
};

/** Gives people an account: [user name, role, full name] each, all with one password. */
export const hire = async (admin, password, ...people) => {
  for (const [username, role, full_name] of people) {
    await admin.post("/users", { username, email: `${username}@example.com`, password, role, full_name });
  }
};

/** What dmidecode says on a laptop with the serial number PF1AAAA2. */
export const REPORT = `# dmidecode 3.4
Handle 0x0001, DMI type 1, 27 bytes
System Information
	Manufacturer: LENOVO
	Product Name: 20L5000AXX
	Version: ThinkPad T480
	Serial Number: PF1AAAA2

Handle 0x0002, DMI type 4, 48 bytes
Processor Information
	Version: Intel(R) Core(TM) i5-8350U CPU @ 1.70GHz

Handle 0x0003, DMI type 17, 40 bytes
Memory Device
	Size: 16 GB
	Type: DDR4
`;
