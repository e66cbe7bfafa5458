// Every page of the permission sheet, empty and full, light and dark, on a phone and a desk: axe finds nothing, nothing is
// wider than the screen.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { launch, openPage, picture, scan, signIn } from "./browser.mjs";
import { DEMO_PASSWORD, adminApi, apiAs, openShop } from "./shop.mjs";

const sheet = readFileSync(join(import.meta.dirname, "../docs/permissions.md"), "utf8");
const routes = [...sheet.matchAll(/^\| `GET (\/[^`]*)` \|/gm)].map(([, path]) => path).filter((path) => !path.startsWith("/api/v1"));

// What is no page to look at: files, and what only leads on.
const FILES = /^\/photos\/|\.(pdf|csv|json|xlsx|png|svg)$/;
const LEADS_ON = new Set(["/find"]);
const plain = routes.filter((path) => !path.includes("{") && !FILES.test(path) && !LEADS_ON.has(path));
const details = routes.filter((path) => path.includes("{") && !FILES.test(path));

const ADMIN_PASSWORD = "harmattan-wind-88";
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const nameOf = (path) => path.replaceAll(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "first";

/** Figures in tables whose rows are cards on a phone, with the heads out of sight, that do not say the name of their column. */
const nameless = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll(".table-cards tbody td.end")].flatMap((cell) => {
      let column = 0;
      for (let before = cell.previousElementSibling; before; before = before.previousElementSibling) column += before.colSpan;
      const head = cell.closest("table").tHead.rows[0].cells[column];
      const name = head.querySelector(".visually-hidden") ? "" : head.textContent.trim();
      const label = cell.dataset.label ?? "";
      return label === name ? [] : [`a figure under "${name}" is called "${label}"`];
    }),
  );

/** What is wrong with the page as it stands, in all four looks. Dark differs from light in its colours only. */
const findings = async (page, path, folder) => {
  const found = (await nameless(page)).map((figure) => `${path}: ${figure}`);
  for (const [width, height] of [[1280, 800], [320, 640]]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      const look = `${path} at ${width} px, ${colorScheme}`;
      // Pages have no frames, for which the other mode opens a window each time.
      let axe = new AxeBuilder({ page }).setLegacyMode(true);
      axe = colorScheme === "light" ? axe.withTags(TAGS) : axe.withRules(["color-contrast"]);
      const { violations } = await axe.analyze();
      for (const { id, nodes } of violations) found.push(`${look}: ${id} on ${nodes.map((node) => node.target.join(" ")).slice(0, 5).join(", ")}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > width) found.push(`${look}: ${wide - width} px wider than the screen`);
      if ((width === 1280) === (colorScheme === "light")) await picture(page, `${folder}-${nameOf(path)}-${width}`);
    }
  }
  return found;
};

const look = async (page, base, path, folder, status = 200) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const answer = await page.goto(base + path);
  assert.equal(answer.status(), status, path);
  return findings(page, path, folder);
};

/** What is wrong with all these pages. The windows take one after the other from the same pile: axe keeps a core busy. */
const lookAll = async (windows, base, paths, folder) => {
  const pile = [...paths];
  const found = [];
  const work = async (page) => {
    while (pile.length) found.push(...(await look(page, base, pile.shift(), folder)));
  };
  await Promise.all(windows.map(work));
  return found;
};

/** Two windows of the same person. */
const openTwo = (base) => Promise.all([openPage(browser, base), openPage(browser, base)]);

let browser;
before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
});

test("whoever looks is awake", async () => {
  const page = await openPage(browser, "http://127.0.0.1");
  await page.setContent('<!doctype html><html lang="en"><title>Dark</title><main><h1>Dark</h1><p style="color:#bbb;width:900px">grey on white</p><table class="table-cards"><thead><tr><th>Item<th>Cost</thead><tbody><tr><td>Charger<td class="end">5</table></main>');
  const found = (await findings(page, "/dark", "awake")).join("\n");
  assert.match(found, /1280 px, light: color-contrast on p/);
  assert.match(found, /320 px, light: \d+ px wider/);
  assert.match(found, /a figure under "Cost" is called ""/);
  assert.ok(plain.length > 20 && details.length > 8, `the permission sheet has ${plain.length} pages and ${details.length} of one thing`);
});

describe("an empty shop", () => {
  let shop, windows;
  before(async () => {
    shop = await openShop();
    await adminApi(shop, ADMIN_PASSWORD);
    windows = await openTwo(shop.base);
  });
  after(async () => shop?.close());

  test("to whoever has not signed in", async () => {
    assert.deepEqual(await lookAll(windows, shop.base, ["/sign-in", "/api/docs"], "nobody"), []);
    assert.deepEqual(await look(windows[0], shop.base, "/check/AAAAAAAAAAAAAAAAAAAAAA", "nobody", 404), []);
  });

  test("signed in", async () => {
    for (const page of windows) await signIn(page, shop.base, "admin", ADMIN_PASSWORD);
    const found = await lookAll(windows, shop.base, plain, "empty");
    assert.deepEqual([...found, ...windows.flatMap((page) => page.problems)], []);
  });
});

describe("a shop with a year behind it", () => {
  let shop, page, windows, api;
  before(async () => {
    shop = await openShop({ demo: true });
    windows = await openTwo(shop.base);
    [page] = windows;
    api = await apiAs(shop, "efua", DEMO_PASSWORD);
    for (const page of windows) await signIn(page, shop.base, "efua", DEMO_PASSWORD);
  });
  after(async () => shop?.close());

  const first = async (path) => (await api.get(path)).data[0];

  test("its lists and forms", async () => {
    assert.deepEqual(await lookAll(windows, shop.base, plain, "full"), []);
  });

  test("one of each thing, in each of its states", async () => {
    const paid = await first("/invoices?status=Paid");
    const warranty = await first("/warranties");
    const [, given, asked] = (await api.get("/invoices?status=Paid&limit=3")).data;
    const back = async (invoice) => {
      const [line] = (await api.get(`/invoices/${invoice.id}`)).lines;
      return { reason: "It came back", lines: [{ line_number: line.line_number, quantity: 1, disposition: line.asset_id ? "Diagnostics" : "Restock" }], refunds: [] };
    };
    await api.post(`/invoices/${given.id}/returns`, await back(given));
    const seller = await apiAs(shop, "ama", DEMO_PASSWORD);
    await seller.post(`/invoices/${asked.id}/return-requests`, await back(asked));
    // A count that tells nobody what is expected, in a place that nobody counts yet.
    const counted = new Set((await api.get("/stocktakes?limit=50")).data.filter((count) => ["Counting", "Submitted"].includes(count.status)).map((count) => count.location_id));
    const free = (await api.get("/locations")).data.find((place) => !counted.has(place.id));
    const blind = await api.post("/stocktakes", { location_id: free.id, is_blind: true, notes: "Nobody is told what is expected" });
    await api.post(`/stocktakes/${blind.id}/counts`, { code: "4006381333931", counter: "Phone 1" });
    const ids = {
      tills: [(await first("/till-sessions")).id],
      returns: [(await first("/returns")).id],
      "return-requests": [(await first("/return-requests")).id],
      customers: [(await first("/customers?customer_type=Wholesale")).id],
      models: [(await first("/product-models")).id],
      stock: [(await first("/bulk-stock?sku=CHG-65W")).id],
      devices: [],
      invoices: [paid.id],
      receive: [1],
      lots: (await api.get("/lots?limit=3")).data.map((lot) => lot.id),
      preorders: [],
      warranties: [warranty.id],
      messages: [(await first("/messages?status=Ready")).id, (await first("/messages?status=Opened")).id],
      repairs: [],
      stocktakes: [blind.id, ...(await api.get("/stocktakes?limit=50")).data.filter((count) => count.id !== blind.id).map((count) => count.id)],
      claims: [],
      "settings/users": [(await api.get("/users?username=ama")).data[0].id],
    };
    for (const status of ["Draft", "Sent", "Cancelled"]) ids.invoices.push((await first(`/invoices?status=${status}`)).id);
    for (const status of ["Received", "Ready for Sale", "Reserved", "Sold", "Not Sellable", "Repair Hold"]) {
      ids.devices.push((await first(`/assets?status=${encodeURIComponent(status)}`)).id);
    }
    for (const status of ["Deposit Pending", "Ordered", "In Transit", "Arrived", "Customer Notified", "Picked Up", "Rejected", "Resold", "Closed"]) {
      ids.preorders.push((await first(`/preorders?status=${encodeURIComponent(status)}`)).id);
    }
    for (const status of ["Open", "Diagnosing", "In Repair", "Ready", "Closed"]) ids.repairs.push((await first(`/repair-tickets?status=${encodeURIComponent(status)}`)).id);
    for (const status of ["Submitted", "Approved", "Denied", "Completed"]) ids.claims.push((await first(`/warranty-claims?status=${status}`)).id);
    const paths = [];
    for (const route of details) {
      const [, noun] = /^\/(.+?)\/\{/.exec(route);
      if (noun === "check") paths.push(`/check/${warranty.check_code}`);
      else if (route.endsWith("/sold")) paths.push(`/invoices/${paid.id}/sold`);
      else {
        assert.ok(ids[noun], `${route} is not looked at: say which one to open`);
        const some = /\}$/.test(route) ? ids[noun] : ids[noun].slice(0, 1);
        paths.push(...some.map((id) => route.replace(/\{[^}]+\}/, id)));
      }
    }
    for (const stage of ["new", "diagnostics", "wipe", "quality-check", "hold"]) paths.push(`/bench?stage=${stage}`);
    const [one, two] = (await api.get("/customers?limit=2")).data;
    paths.push(`/customers/${one.id}/merge?into=${two.id}`, `/customers/${one.id}?tab=messages`, "/settings/messages/words?kind=Statement");
    for (const channel of ["E-mail", "WhatsApp", "SMS"]) paths.push(`/messages/new?kind=Receipt&channel=${channel}&invoice_id=${paid.id}`);
    paths.push("/search?q=latitude", "/devices?q=nothing-like-this");
    const found = await lookAll(windows, shop.base, paths, "full");
    found.push(...(await look(page, shop.base, "/no-such-page", "full", 404)));
    assert.deepEqual(found, []);
  });

  test("the till with a sale on it, and with a refusal", async () => {
    const ready = await first("/assets?status=Ready%20for%20Sale");
    const sold = await first("/assets?status=Sold");
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${shop.base}/sell`);
    await scan(page, ready.serial_number);
    await page.locator("[data-line]").first().waitFor();
    await scan(page, sold.serial_number);
    await page.getByRole("alert").waitFor();
    await page.locator("[data-line]").first().focus();
    await page.keyboard.press("2");
    await page.locator("[name=payment_amount]").waitFor();
    assert.deepEqual(await findings(page, "/sell?at-work", "full"), []);
  });

  test("a form that was refused says so at its fields", async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${shop.base}/customers/new`);
    await page.fill("[name=full_name]", "Esi");
    await page.fill("[name=phone]", "letters");
    await page.click("main button:has-text('Save')");
    await page.locator("[aria-invalid=true]").first().waitFor();
    assert.deepEqual(await findings(page, "/customers/new?refused", "full"), []);
  });

  test("nothing went wrong behind the scenes", () => {
    assert.deepEqual(windows.flatMap((page) => page.problems), []);
    assert.ok(!shop.log().includes(" ERROR "), shop.log());
  });
});
