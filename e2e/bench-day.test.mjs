// A technician's day on a phone: 360 pixels wide, by thumb alone. What is tapped must be large enough for one, nothing may be
// wider than the screen, and what Kofi records must stand in the books as he recorded it.
import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { launch, openPage, picture, signIn } from "./browser.mjs";
import { REPORT, adminApi, apiAs, hire, openShop } from "./shop.mjs";

const [PASSWORD, ADMIN_PASSWORD] = ["makola-market-22", "harmattan-wind-88"];

// From the disk: so much is slow to hand over otherwise.
const film = join(tmpdir(), `bizhub-film-${process.pid}.jpg`);
let browser, shop, api, page, yaw;
const devices = [];
before(async () => {
  await writeFile(film, Buffer.alloc(21 * 1024 * 1024));
  [browser, shop] = await Promise.all([launch(), openShop()]);
  const admin = await adminApi(shop, ADMIN_PASSWORD);
  await hire(admin, PASSWORD, ["kwame", "Manager", "Kwame Asante"], ["kofi", "Technician", "Kofi Owusu"], ["yaw", "Warehouse", "Yaw Darko"]);
  api = await apiAs(shop, "kwame", PASSWORD);
  yaw = await apiAs(shop, "yaw", PASSWORD);
  const laptop = { category: "Laptop", brand: "Lenovo", model_name: "ThinkPad T480", storage: "256 GB SSD", default_price_grade_a: "4900.00", default_price_grade_b: "4400.00" };
  const eight = await api.post("/product-models", { ...laptop, cpu: "i5-8350U", ram: "8 GB" });
  await api.post("/product-models", { ...laptop, cpu: "i5-8350U", ram: "16 GB", default_price_grade_a: "5600.00" });
  for (const serial_number of ["PF1AAAA1", "PF1AAAA2", "PF1AAAA3"]) {
    devices.push(await yaw.post("/assets", { serial_number, product_model_id: eight.id }));
  }
  page = await openPage(browser, shop.base, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await signIn(page, shop.base, "kofi", PASSWORD);
});
after(async () => {
  await rm(film, { force: true });
  await browser?.close();
  await shop?.close();
});

/** What a thumb presses: at least 44 pixels high, and on the screen. */
const tap = async (locator) => {
  const target = locator.first();
  await target.scrollIntoViewIfNeeded();
  const { height, width } = await target.boundingBox();
  assert.ok(height >= 43.5 && width >= 43.5, `${await target.innerText()} is ${Math.round(width)} by ${Math.round(height)} pixels`);
  await target.tap();
};
/** Presses what sends a form, and waits for the page that follows. */
const press = (locator) => Promise.all([page.waitForEvent("load"), tap(locator)]);
const button = (name) => page.getByRole("button", { name });
const fits = async () => {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(beyond, 0, `${page.url()} is ${beyond} px wider than the screen`);
};
const open = async (path) => {
  await page.goto(shop.base + path);
  await fits();
};
const status = async (n) => (await api.get(`/assets/${devices[n].id}`)).status;

describe("a technician's day by thumb", () => {
  test("new devices go to the bench", async () => {
    assert.match(page.url(), /\/bench/);
    for (const n of [0, 1, 2]) {
      await open("/bench?stage=new");
      if (n === 0) await picture(page, "bench-day-new");
      await press(button(/Send to diagnostics/));
      assert.equal(await status(n), "Diagnostics Pending");
    }
  });

  test("a fault sends the first one to repair, with its reason", async () => {
    await open(`/bench?device=${devices[0].id}`);
    await tap(page.locator("label.verdict:has(input[name='check.display'][value=fail])"));
    await page.fill("[name='note.display']", "dark line on the left");
    await tap(button(/All the rest pass/));
    await picture(page, "bench-day-fault");
    await press(button(/Save, next device/));
    assert.equal(await status(0), "Repair Hold");
    const [moved] = (await api.get(`/assets/${devices[0].id}/movements?limit=1`)).data;
    assert.equal(moved.reason, "Diagnostics: Fail. Display: dark line on the left");
    // The next one is open already.
    assert.ok((await page.locator(".bench-device").innerText()).includes(devices[1].asset_tag));
  });

  test("a photo is taken, and what is wrong with one is said in place", async () => {
    const photo = await page.screenshot();
    // What is ticked already stays while photos come and go.
    await tap(page.locator("label.verdict:has(input[name='check.keyboard'][value=pass])"));
    await tap(page.locator("#photos > summary"));
    const input = page.locator("#photos [name=file]");
    assert.equal(await input.getAttribute("capture"), "environment");
    await input.setInputFiles({ name: "note.png", mimeType: "image/png", buffer: Buffer.from("no photo") });
    await tap(button(/Keep the photo/));
    await page.locator("#photos .field-error", { hasText: "This is no photo that can be kept" }).waitFor();
    await fits();
    await picture(page, "bench-day-no-photo");
    await page.locator("#photos [name=file]").setInputFiles({ name: "lid.png", mimeType: "image/png", buffer: photo });
    await page.fill("#photos [name=caption]", "Scratch on the lid");
    await tap(button(/Keep the photo/));
    const image = page.locator(".photo img").first();
    await image.scrollIntoViewIfNeeded();
    await page.waitForFunction(() => document.querySelector(".photo img")?.naturalWidth > 0);
    assert.equal(await image.getAttribute("alt"), "Scratch on the lid");
    assert.ok(await page.locator("input[name='check.keyboard'][value=pass]").isChecked());
    await picture(page, "bench-day-photo");
    // What is refused before it is looked at, and what is taken away again, leave the bench as it is too.
    await page.locator("#photos [name=file]").setInputFiles(film);
    await page.fill("#photos [name=caption]", "The hinge");
    await tap(button(/Keep the photo/));
    await page.locator("#photos .field-error", { hasText: "larger than 10 MB" }).waitFor();
    assert.equal(await page.inputValue("#photos [name=caption]"), "The hinge");
    await tap(button(/Take the photo away/));
    await tap(button("Yes"));
    await page.locator(".photo").waitFor({ state: "detached" });
    assert.match(page.url(), /\/bench/);
    assert.ok(await page.locator("input[name='check.keyboard'][value=pass]").isChecked());
    await page.locator("#photos [name=file]").setInputFiles({ name: "lid.png", mimeType: "image/png", buffer: photo });
    await page.fill("#photos [name=caption]", "Scratch on the lid");
    await tap(button(/Keep the photo/));
    await page.locator(".photo img").waitFor();
  });

  test("every queue and every step is on the screen", async () => {
    const within = async (locator) => {
      const { x, width } = await locator.boundingBox();
      assert.ok(x >= 0 && x + width <= 360, `${await locator.innerText()} is at ${x}, ${width} wide`);
    };
    await open("/bench?stage=hold");
    for (const tab of await page.locator(".tabs .tab").all()) await within(tab);
    await open(`/devices/${devices[0].id}`);
    await tap(page.locator(".page-actions summary"));
    for (const step of await page.locator(".page-actions .menu-item").all()) await within(step);
    await picture(page, "bench-day-more");
    await tap(page.locator(".menu-item", { hasText: "Mark not sellable" }));
    await page.locator("dialog[open] textarea").waitFor();
    await tap(page.locator("dialog[open] [data-close]"));
    await open("/devices");
    for (const menu of await page.locator(".list-tools .menu").all()) {
      await tap(menu.locator("summary"));
      await within(menu.locator(".menu-body"));
      await menu.locator("summary").evaluate((summary) => summary.click());
    }
  });

  test("without a connection, and signed out, nothing typed is lost", async () => {
    await open(`/bench?device=${devices[2].id}`);
    await tap(page.locator("label.verdict:has(input[name='check.display'][value=note])"));
    await page.fill("[name='note.display']", "bright spot");
    await tap(button(/All the rest pass/));
    const kept = async (words) => {
      await tap(button(/Save, next device/));
      await page.locator("[data-unsent]", { hasText: words }).waitFor();
      assert.equal(await page.inputValue("[name='note.display']"), "bright spot");
      await fits();
    };
    await page.context().setOffline(true);
    await kept("BizHub cannot be reached");
    await picture(page, "bench-day-offline");
    await tap(page.locator("#photos > summary"));
    await page.locator("#photos [name=file]").setInputFiles({ name: "lid.png", mimeType: "image/png", buffer: Buffer.from("no photo") });
    await tap(button(/Keep the photo/));
    await page.locator("#photos [data-unsent]", { hasText: "BizHub cannot be reached" }).waitFor();
    await page.context().setOffline(false);
    // Nobody is signed out while a page comes: it is open for a while.
    await page.clock.setFixedTime(Date.now() + 60_000);
    const cookies = await page.context().cookies();
    await page.context().clearCookies();
    await kept("You were signed out");
    await page.context().addCookies(cookies);
    await press(button(/Save, next device/));
    assert.equal(await status(2), "Wipe Pending");
    const [moved] = (await api.get(`/assets/${devices[2].id}/movements?limit=1`)).data;
    assert.equal(moved.reason, "Diagnostics: Pass with Notes. Display: bright spot");
  });

  test("the machine says more memory, and the record follows", async () => {
    await open(`/devices/${devices[1].id}/machine`);
    await page.fill("[name=text]", REPORT);
    await press(button(/Read it/));
    await page.getByText("differs").first().waitFor();
    await fits();
    await picture(page, "bench-day-machine");
    await press(button(/Take over/));
    await page.waitForURL(new RegExp(`/devices/${devices[1].id}$`));
    assert.equal((await api.get(`/assets/${devices[1].id}`)).ram, "16 GB");
  });

  test("it passes, is wiped and graded", async () => {
    await open(`/bench?device=${devices[1].id}`);
    await tap(button(/All the rest pass/));
    await page.fill("[name=battery_health_percent]", "86");
    await page.fill("[name=battery_cycle_count]", "214");
    await press(button(/Save, next device/));
    assert.equal(await status(1), "Wipe Pending");

    await open(`/bench?device=${devices[1].id}`);
    await page.selectOption("[name=wipe_method]", "Blancco");
    await press(button(/Wiped, next device/));
    await page.getByText("enter its reference").first().waitFor();
    await picture(page, "bench-day-wipe-refused");
    await page.fill("[name=certificate_reference]", "BLC-2026-1");
    await press(button(/Wiped, next device/));

    await open(`/bench?device=${devices[1].id}`);
    await picture(page, "bench-day-grade");
    await tap(page.locator("label.segment", { hasText: "A · GH₵ 5,600.00" }));
    await press(button(/Ready for sale/));
    const ready = await api.get(`/assets/${devices[1].id}`);
    assert.deepEqual([ready.status, ready.price, ready.battery_health_percent], ["Ready for Sale", "5600.00", 86]);
  });

  test("its page has every pass, and says what it was", async () => {
    await open(`/devices/${devices[1].id}`);
    const text = await page.locator("main").innerText();
    for (const words of ["Diagnostics", "Blancco", "BLC-2026-1", "Quality check: grade A", "Scratch on the lid"]) assert.ok(text.includes(words), words);
    const certificate = await page.getByRole("link", { name: "Certificate" }).getAttribute("href");
    const pdf = await page.request.get(shop.base + certificate);
    assert.equal(pdf.headers()["content-type"], "application/pdf");
    await picture(page, "bench-day-device");
    const today = await page.locator("[name=at]").getAttribute("max");
    await open(`/devices/${devices[1].id}?at=${today}`);
    assert.ok((await page.locator("#then").innerText()).includes("Ready for Sale"));
  });

  test("nothing went wrong behind the scenes", () => {
    // That the connection was gone is told by the browser too.
    const wrong = page.problems.filter((problem) => !problem.includes("ERR_INTERNET_DISCONNECTED"));
    assert.deepEqual(wrong, []);
  });
});
