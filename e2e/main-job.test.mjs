// The main job from end to end, each part by whoever's work it is: manifest in, paid sale out, seen in the day's figures.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { join } from "node:path";
import { choose, launch, openPage, picture, scan, signIn, typeByHand } from "./browser.mjs";
import { SEEDED, openShop } from "./shop.mjs";

const GIVEN = "given-on-paper-7";
const people = {
  kwame: { name: "Kwame Asante", role: "Manager", password: "akosombo-dam-1965", home: /\/(today)?$/ },
  ama: { name: "Ama Mensah", role: "Sales", password: "makola-market-22", home: /\/sell$/ },
  kofi: { name: "Kofi Owusu", role: "Technician", password: "solder-and-flux-9", home: /\/bench/ },
  yaw: { name: "Yaw Darko", role: "Warehouse", password: "tema-harbour-gate4", home: /\/receive$/ },
};
const [serial, charger] = ["5CG0412QXA", "CHG-65W"];

let shop, browser, page;
const pages = [];

/** Opens a window of their own, signs in for the first time, and chooses the own password. */
const comesIn = async (username) => {
  const { password, home } = people[username];
  page = await openPage(browser, shop.base);
  pages.push(page);
  await signIn(page, shop.base, username, GIVEN);
  await page.waitForURL("**/account/password");
  await page.fill("[name=current_password]", GIVEN);
  await page.fill("[name=new_password]", password);
  await page.fill("[name=new_password_again]", password);
  await page.click("button:has-text('Change password')");
  await page.waitForURL((url) => home.test(url.pathname), { timeout: 10_000 });
};

const refusesAll = async (...paths) => {
  for (const path of paths) {
    const answer = await page.goto(shop.base + path);
    assert.equal(answer.status(), 403, path);
    assert.ok((await page.textContent("main, body")).includes("may not"), path);
  }
};

before(async () => {
  [shop, browser] = await Promise.all([openShop(), launch()]);
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

describe("the main job", () => {
  test("the administrator chooses a password before anything else, and makes the users", async () => {
    page = await openPage(browser, shop.base);
    pages.push(page);
    await page.goto(shop.base);
    assert.ok((await page.textContent("body")).includes("changeme123"), "the first start says how to come in");
    await picture(page, "first-start");
    await signIn(page, shop.base, SEEDED.username, SEEDED.password);
    await page.waitForURL("**/account/password");
    await page.goto(`${shop.base}/settings/users`);
    await page.waitForURL("**/account/password");
    await page.fill("[name=current_password]", SEEDED.password);
    await page.fill("[name=new_password]", "harmattan-wind-88");
    await page.fill("[name=new_password_again]", "harmattan-wind-88");
    await page.click("button:has-text('Change password')");
    await page.waitForURL((url) => url.pathname !== "/account/password");

    for (const [username, { name, role }] of Object.entries(people)) {
      await page.goto(`${shop.base}/settings/users/new`);
      await choose(page, "role", role);
      await page.fill("[name=full_name]", name);
      await page.fill("[name=username]", username);
      await page.fill("[name=email]", `${username}@example.com`);
      await page.fill("[name=password]", GIVEN);
      await page.click("main button:has-text('Save')");
      await page.waitForURL((url) => !url.pathname.endsWith("/new"));
    }
    await page.goto(`${shop.base}/settings/users`);
    for (const { name } of Object.values(people)) assert.ok(await page.getByText(name).first().isVisible(), name);
    await picture(page, "users");
  });

  test("the warehouse imports the manifest: the good rows come in, the bad ones say why", async () => {
    await comesIn("yaw");
    const read = async () => {
      await page.goto(`${shop.base}/receive`);
      await page.setInputFiles("[name=file]", join(import.meta.dirname, "fixtures/manifest.csv"));
      await page.click("button:has-text('Read the file')");
      await page.waitForURL(/\/receive\/\d+/);
    };
    await read();
    const preview = await page.textContent("main");
    assert.match(preview, /stands in row 2 already/);
    assert.match(preview, /CPU/);
    await picture(page, "manifest-preview");
    await choose(page, "mode", "good_rows");
    await page.fill("[name=supplier]", "ReTek Trading, Dubai");
    await page.selectOption("[name=location_id]", { label: "Warehouse" });
    await page.click("button:has-text('Receive 3 devices')");
    await page.getByRole("link", { name: "Show the devices" }).waitFor();
    await picture(page, "manifest-received");
    await page.getByRole("link", { name: "Show the devices" }).click();
    await page.getByText(serial).first().waitFor();

    await read();
    assert.ok(await page.getByRole("button", { name: /^Receive/ }).isDisabled(), "the same file brings nothing twice");
    await refusesAll("/sell", "/invoices", "/settings/users", "/bench");
  });

  test("the manager prices the model and stocks the charger", async () => {
    await comesIn("kwame");
    await page.goto(`${shop.base}/models`);
    await page.getByRole("link", { name: /EliteBook 840 G6/ }).click();
    await page.fill("[name=default_price_grade_a]", "3950");
    await page.fill("[name=default_price_grade_b]", "3550");
    await page.click("main button:has-text('Save')");
    await page.waitForLoadState();
    await page.goto(`${shop.base}/stock/new`);
    await page.fill("[name=item_name]", "65 W USB-C charger");
    await page.fill("[name=sku]", charger);
    await page.fill("[name=category]", "Charger");
    await page.fill("[name=unit_price]", "240");
    await page.fill("[name=unit_cost]", "140");
    await page.fill("[name=quantity]", "12");
    await page.click("main button:has-text('Save')");
    await page.waitForURL((url) => !url.pathname.endsWith("/new"));
    await refusesAll("/settings/users", "/settings/shop");
  });

  test("the technician tests, wipes and grades it at the bench", async () => {
    await comesIn("kofi");
    await page.goto(`${shop.base}/bench?q=${serial}`);
    await page.getByRole("button", { name: /Send to diagnostics/ }).click();
    await page.goto(`${shop.base}/bench?q=${serial}`);
    await page.getByRole("button", { name: /All the rest pass/ }).click();
    await page.fill("[name=battery_health_percent]", "91");
    await picture(page, "bench-diagnostics");
    await page.getByRole("button", { name: /Save, next device/ }).click();
    await page.waitForLoadState();
    await page.goto(`${shop.base}/bench?q=${serial}`);
    await page.selectOption("[name=wipe_method]", "NIST 800-88 Purge");
    await page.getByRole("button", { name: /Wiped, next device/ }).click();
    await page.waitForLoadState();
    await page.goto(`${shop.base}/bench?q=${serial}`);
    await choose(page, "condition_grade", "A");
    await picture(page, "bench-quality-check");
    await page.getByRole("button", { name: /Ready for sale, next device/ }).click();
    await page.waitForLoadState();

    await page.goto(`${shop.base}/devices?q=${serial}`);
    await page.getByRole("link", { name: /EliteBook 840 G6/ }).click();
    await page.getByText("Ready for Sale").first().waitFor();
    await picture(page, "device");
    const certificate = await page.request.get(new URL(await page.getByRole("link", { name: "Certificate" }).first().getAttribute("href"), shop.base).href);
    assert.equal((await certificate.body()).subarray(0, 5).toString(), "%PDF-");
    assert.ok(!(await page.textContent("main")).includes("2,150.00"), "costs are not for technicians");
    await refusesAll("/sell", "/receive", "/invoices", "/settings/users");
  });

  test("the seller sells it with a charger, cash and MoMo, by keys alone", async () => {
    await comesIn("ama");
    await page.goto(`${shop.base}/sell`);
    const began = performance.now();
    await scan(page, serial.toLowerCase());
    await page.locator("[data-line]").nth(0).waitFor();
    await scan(page, charger);
    await page.locator("[data-line]").nth(1).waitFor();
    assert.match(await page.textContent("#total"), /4,190\.00/);

    await page.keyboard.press("c");
    await page.locator("[name=customer_query]:focus").waitFor();
    await page.locator("summary:has-text('New customer')").press("Enter");
    await page.locator("[name=new_name]").focus();
    await typeByHand(page, "Abena Osei");
    await page.locator("[name=new_phone]").focus();
    await typeByHand(page, "024 411 2233");
    await page.locator("[data-line]").nth(1).focus();

    await page.keyboard.press("1");
    await page.locator("[name=payment_amount]:focus").waitFor();
    await typeByHand(page, "3000");
    await page.keyboard.press("Enter");
    await page.getByText("Still to pay").waitFor();
    await page.locator("[data-line]").nth(1).focus();
    await page.keyboard.press("2");
    await page.locator("[name=payment_amount]").nth(1).waitFor();
    await page.locator("input[name=payment_reference]:not([type=hidden])").focus();
    await typeByHand(page, "20514783321");
    await picture(page, "till");
    await page.keyboard.press("Enter");
    await page.locator("[name=payment_reference][value='20514783321']").waitFor({ state: "attached" });
    await page.locator("[data-line]").nth(1).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/invoices\/\d+\/sold$/);
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    console.log(`# the sale took ${seconds} s, typed by a robot at the speed of a hand`);

    assert.match(await page.textContent("h1"), /INV-000001 is paid/);
    const receipt = await page.textContent("main");
    for (const said of ["65 W USB-C charger", "3,000.00", "1,190.00", "WAR-000001"]) assert.ok(receipt.includes(said), said);
    await picture(page, "sold");
    const invoice = page.url().replace(/\/sold$/, "");
    for (const layout of ["a4", "receipt"]) {
      const pdf = await page.request.get(`${invoice}/document.pdf?layout=${layout}`);
      assert.equal(pdf.headers()["content-type"], "application/pdf");
      assert.equal((await pdf.body()).subarray(0, 5).toString(), "%PDF-");
    }
    await page.goto(`${shop.base}/warranties`);
    await page.getByText("WAR-000001").first().waitFor();
    await refusesAll("/receive", "/settings", "/settings/users", "/bench");
  });

  test("what is sold cannot be sold again: the till says so, and where to look", async () => {
    await page.goto(`${shop.base}/sell`);
    await scan(page, serial);
    const refusal = page.getByRole("alert");
    await refusal.waitFor();
    assert.match(await refusal.textContent(), /sold already/);
    await picture(page, "till-refused");
    await refusal.getByRole("link", { name: /P4T-000001/ }).click();
    await page.getByText("INV-000001").first().waitFor();
  });

  test("the manager sees it in the day's figures", async () => {
    page = pages.find((opened) => opened.url().includes("/settings/shop"));
    await page.goto(shop.base);
    await page.getByText("INV-000001").first().waitFor();
    const today = await page.textContent("main");
    for (const said of ["4,190.00", "3,000.00", "1,190.00"]) assert.ok(today.includes(said), said);
    await picture(page, "today");
    await page.goto(`${shop.base}/reports/sales-daily`);
    assert.match(await page.textContent("main"), /4,190\.00/);
  });

  test("nothing went wrong behind the scenes", () => {
    assert.deepEqual(
      pages.flatMap((opened) => opened.problems),
      [],
    );
    assert.ok(!shop.log().includes(" ERROR "), shop.log());
  });
});
