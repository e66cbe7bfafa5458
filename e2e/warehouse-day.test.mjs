// Warehouse's day with a scanner that types and the keys alone: received, moved, labelled, counted; and with a phone's camera.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch, openPage, picture, pictures, scan, signIn, typeByHand } from "./browser.mjs";
import { REPORT, adminApi, apiAs, hire, openShop } from "./shop.mjs";

const [PASSWORD, ADMIN_PASSWORD] = ["makola-market-22", "harmattan-wind-88"];
const SERIALS = Array.from({ length: 8 }, (_, n) => `5CG0123A${n}Z`);

let shop, browser, api, folder;
const opened = [];

const open = async (from, options) => {
  const page = await openPage(from, shop.base, options);
  opened.push(page);
  await signIn(page, shop.base, "yaw", PASSWORD);
  return page;
};

/** A label of ours, drawn by the shop, as a film for the browser's pretended camera. */
const filmOf = async (body) => {
  const answer = await fetch(`${shop.base}/api/v1/labels.pdf`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${yawsToken}` },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 200);
  const pdf = join(folder, "label.pdf");
  writeFileSync(pdf, Buffer.from(await answer.arrayBuffer()));
  execFileSync("pdftoppm", ["-r", "250", "-gray", "-singlefile", pdf, join(folder, "label")]);
  const pgm = readFileSync(join(folder, "label.pgm"));
  const [head, w, h] = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(pgm.subarray(0, 40).toString("latin1"));
  const [width, height, [wide, high]] = [640, 480, [Number(w), Number(h)]];
  assert.ok(wide < width && high < height, `the label is ${wide} by ${high}`);
  const luma = Buffer.alloc(width * height, 200);
  const [left, top] = [(width - wide) >> 1, (height - high) >> 1];
  for (let y = 0; y < high; y += 1) pgm.copy(luma, (top + y) * width + left, head.length + y * wide, head.length + (y + 1) * wide);
  const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, Buffer.alloc((width * height) / 2, 128)]);
  const file = join(folder, "label.y4m");
  writeFileSync(file, Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), ...Array(10).fill(frame)]));
  return file;
};

let yawsToken;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "bizhub-camera-"));
  [shop, browser] = await Promise.all([openShop(), launch()]);
  api = await adminApi(shop, ADMIN_PASSWORD);
  await hire(api, PASSWORD, ["yaw", "Warehouse", "Yaw Darko"], ["kwame", "Manager", "Kwame Asante"]);
  await api.post("/product-models", { category: "Laptop", brand: "HP", model_name: "EliteBook 840 G7", cpu: "i5-10310U", default_price_grade_a: "4900.00" });
  yawsToken = (await shop.api().post("/auth/token", { username: "yaw", password: PASSWORD })).token;
});
after(async () => {
  await browser?.close();
  await shop?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("Warehouse's day", () => {
  test("devices are scanned in, one after the other", async () => {
    const page = await open(browser);
    await page.waitForURL(/\/receive$/);
    await page.keyboard.press("n");
    await page.waitForURL(/\/receive\/scan$/);
    // Model and place by the keys, once.
    await page.focus("[name=product_model_id]");
    await typeByHand(page, "HP");
    await page.focus("[name=location_id]");
    await typeByHand(page, "Ware");
    await page.waitForTimeout(200); // what a hand types and what a scanner types is told apart by its pace
    for (const [n, serial] of SERIALS.entries()) {
      await scan(page, serial);
      await page.locator("[data-sound=good]", { hasText: serial }).waitFor();
      assert.equal((await api.get(`/assets/by-serial/${serial}`)).asset_tag, `P4T-00000${n + 1}`);
    }
    await scan(page, SERIALS[3].toLowerCase());
    await page.locator("[data-sound=bad]", { hasText: "it is device P4T-000004" }).waitFor();
    await pictures(page, "scan-in");
    // From the serials the model is known now, and the last scan can be taken back.
    await page.selectOption("[name=product_model_id]", "");
    await scan(page, "5CG0123AXX");
    await page.locator("[data-sound=good]", { hasText: "5CG0123AXX" }).waitFor();
    await page.click("button:has-text('Take back')");
    await page.locator("[data-sound=good]", { hasText: "is taken back" }).waitFor();
    assert.equal((await api.get("/assets?status=Scrapped")).data.length, 0); // off the books
    await assert.rejects(api.get("/assets/by-serial/5CG0123AXX"), /404/);
  });

  test("a phone's code asks once, and one key answers", async () => {
    const { token } = await shop.api().post("/auth/token", { username: "kwame", password: PASSWORD });
    const list = new FormData();
    list.append("file", new Blob(["tac,name,name\n49015420,SAMSUNG,Galaxy S9\n"]), "tac.csv");
    const sent = await fetch(`${shop.base}/api/v1/imports/tac`, { method: "POST", headers: { Authorization: `Bearer ${token}` }, body: list });
    assert.equal(sent.status, 200);
    const page = await open(browser);
    await page.goto(`${shop.base}/receive/scan`);
    await page.focus("[name=location_id]");
    await typeByHand(page, "Ware");
    await page.waitForTimeout(200);
    await scan(page, "490154203237518");
    await page.locator("[data-sound=ask]", { hasText: "Samsung Galaxy S9" }).waitFor();
    await pictures(page, "scan-in-asks");
    // The next is scanned before the question is answered: what was left is told.
    await scan(page, "490154200000018");
    await page.locator("text=was not received, because nothing was chosen").waitFor();
    await page.keyboard.press("1");
    await page.locator("[data-sound=good]", { hasText: "Samsung Galaxy S9, serial 490154200000018" }).waitFor();
    // Confirmed once, the next of its kind is received at once.
    await scan(page, "490154203237518");
    await page.locator("[data-sound=good]", { hasText: "serial 490154203237518" }).waitFor();
    assert.equal((await api.get("/assets?category=Phone")).data.length, 2);
  });

  test("one device is received with what its machine says", async () => {
    const page = await open(browser);
    await page.goto(`${shop.base}/devices/new`);
    await page.fill("[name=cosmetic_notes]", "Scratch on the lid");
    await page.fill("[name=serial_number]", "PF1AAAA9");
    await page.click("summary:has-text('dmidecode')");
    await page.fill("[name=text]", REPORT);
    await page.click("button:has-text('Fill in what is empty')");
    await page.locator("[role=status]", { hasText: "Lenovo ThinkPad T480" }).waitFor();
    assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, "/devices/new");
    assert.equal(await page.inputValue("[name=serial_number]"), "PF1AAAA9");
    assert.equal((await page.inputValue("[name=cosmetic_notes]")).trim(), "Scratch on the lid");
    await pictures(page, "receive-machine");
    await page.click("button:has-text('to the catalogue and choose it')");
    await page.getByRole("button", { name: "Take the machine's serial number" }).click();
    await page.waitForFunction(() => document.querySelector("[name=serial_number]").value === "PF1AAAA2");
    // Enter in a field receives it.
    await page.focus("[name=serial_number]");
    await page.keyboard.press("Enter");
    await page.locator(".flash", { hasText: "serial PF1AAAA2" }).waitFor();
    const { id } = await api.get("/assets/by-serial/PF1AAAA2");
    const { data } = await api.get(`/assets/${id}/machine-reports`);
    assert.equal(data[0].report.found.model_name, "ThinkPad T480");
    assert.ok(data[0].fields.every((field) => !field.differs));
  });

  test("many are scanned and moved in one act", async () => {
    const page = await open(browser);
    await page.goto(`${shop.base}/scan`);
    // As fast as a hand can hold one after the other before the scanner, without waiting for answers: none is lost.
    for (const serial of SERIALS) {
      await scan(page, serial);
      await page.waitForTimeout(150);
    }
    await page.locator("h2:has-text('In the set') + .soft", { hasText: "8 devices" }).waitFor();
    await scan(page, "NOBODY-1");
    await page.locator("[data-sound=bad]", { hasText: "No device has" }).waitFor();
    await pictures(page, "scan-set");
    await page.focus("[name=location_id]");
    await typeByHand(page, "Shop");
    await page.locator("button[value=move]").focus();
    await page.keyboard.press("Enter");
    await page.locator("[data-sound=good]", { hasText: "Done: 8" }).waitFor();
    assert.equal((await api.get("/assets?location_id=1")).data.length, 8);
    await page.click("a:has-text('Print labels')");
    await page.locator("text=8 devices").waitFor();
    await pictures(page, "labels");
  });

  test("a place is counted by two at once, and approved", async () => {
    const page = await open(browser);
    await page.goto(`${shop.base}/stocktakes/new`);
    await page.focus("[name=location_id]");
    await typeByHand(page, "Shop");
    await page.keyboard.press("Enter");
    await page.click("button:has-text('Begin to count')");
    await page.waitForURL(/\/stocktakes\/\d+$/);
    await page.waitForLoadState("load");
    for (const serial of SERIALS.slice(0, 5)) {
      await scan(page, serial);
      await page.waitForTimeout(150);
    }
    await page.locator("#live progress[value='5']").waitFor();
    await scan(page, "P4T-000002");
    await page.locator("[data-sound=bad]", { hasText: "was counted already: by Yaw Darko" }).waitFor();
    await scan(page, "WHO-IS-THIS");
    await page.locator("[data-sound=bad]", { hasText: "Nobody knows WHO-IS-THIS" }).waitFor();
    // A scanner that stumbles in the middle of a code: none of its characters is lost, and the one after it stands alone.
    await page.keyboard.type("WH");
    await page.waitForTimeout(300);
    await scan(page, "O-STUMBLES");
    await page.waitForTimeout(150);
    await scan(page, "WHO-FOLLOWS");
    await page.locator(".scanned", { hasText: "WHO-FOLLOWS" }).first().waitFor();
    const codes = (await api.get("/stocktakes/1/counts?limit=50")).data.map((count) => count.code);
    assert.ok(codes.includes("WHO-STUMBLES") && codes.includes("WHO-FOLLOWS"), codes.join());
    // Another counts too, and this screen tells without being asked.
    const kwame = await apiAs(shop, "kwame", PASSWORD);
    await kwame.post("/stocktakes/1/counts", { code: SERIALS[5], counter: "Phone 2" });
    await page.locator("#live progress[value='6']").waitFor();
    await pictures(page, "stocktake-counting");
    await page.click("button:has-text('Submit the count')");
    await page.click("dialog[open] button:has-text('Yes')");
    await page.locator(".chip:has-text('Submitted')").waitFor();
    await kwame.post("/stocktakes/1/approve", {});
    await page.reload();
    await page.locator(".chip:has-text('Approved')").waitFor();
    await pictures(page, "stocktake-approved");
    assert.equal((await api.get("/assets/7")).location_name, "Missing");
    await page.goto(`${shop.base}/stocktakes`);
    await pictures(page, "stocktakes");
  });

  test("a scanned set is counted in one act", async () => {
    const page = await open(browser);
    await page.goto(`${shop.base}/scan`);
    await page.locator("h2:has-text('In the set') + .soft", { hasText: "8 devices" }).waitFor();
    await page.focus("[name=count_location_id]");
    await typeByHand(page, "Back");
    await page.locator("button[value=count]").focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/stocktakes\/2$/);
    await page.locator(".flash", { hasText: "CNT-000002 begins with 8 devices of the set" }).waitFor();
    await pictures(page, "stocktake-from-set");
    // One scan more goes on with it.
    await scan(page, "PF1AAAA2");
    await page.locator("[data-sound=good]", { hasText: "PF1AAAA2" }).or(page.locator("#live progress[value='9']")).first().waitFor();
    assert.equal((await api.get("/stocktakes/2")).counted, 9);
  });

  for (const code of ["Code 128", "QR"]) {
    test(`a phone's camera reads our own label (${code})`, async () => {
      const film = await filmOf({ asset_ids: [2], size: "50x25", code });
      const filming = await launch("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${film}`);
      try {
        const page = await open(filming, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, permissions: ["camera"] });
        await page.goto(`${shop.base}/scan`);
        await page.locator("button:has-text('Empty the set')").click({ timeout: 1000 }).catch(() => {});
        await page.goto(`${shop.base}/scan`);
        await page.click("#scan-set [data-camera]");
        await page.locator("dialog[open] [role=status]", { hasText: "P4T-000002 is in the set" }).waitFor({ timeout: 30_000 });
        await picture(page, `camera-${code === "QR" ? "qr" : "bars"}`);
        await page.click("dialog[open] button:has-text('Close')");
        assert.equal(await page.locator("dialog[open]").count(), 0);
      } finally {
        await filming.close();
      }
    });
  }

  test("a device that a supplier's list expects comes in with its lot, its model and its cost", async () => {
    const { token } = await shop.api().post("/auth/token", { username: "kwame", password: PASSWORD });
    const list = new FormData();
    list.append("file", new Blob(["Serial,Brand,Model,CPU,RAM,Cost\nEXP0001,Dell,Latitude 5490,i5-8350U,8,1000\nEXP0002,Dell,Latitude 5490,i5-8350U,8,1100\n"]), "coming.csv");
    list.append("expect_only", "true");
    const sent = await fetch(`${shop.base}/api/v1/imports/manifest`, { method: "POST", headers: { Authorization: `Bearer ${token}` }, body: list });
    assert.equal(sent.status, 200);
    const page = await open(browser);
    await page.goto(`${shop.base}/receive/scan`);
    await scan(page, "exp0001");
    await page.getByRole("group", { name: "Did it come with this lot?" }).waitFor();
    await page.keyboard.press("1");
    await page.locator("[data-sound=good]", { hasText: "Dell Latitude 5490" }).waitFor();
    // What is scanned next belongs to the same lot, and nobody is asked.
    await scan(page, "EXP0002");
    await page.locator("[data-sound=good]", { hasText: "EXP0002" }).waitFor();
    await scan(page, "EXP0003");
    await page.getByText("EXP0003").first().waitFor();
    const came = await Promise.all(["EXP0001", "EXP0002"].map((serial) => api.get(`/assets/by-serial/${serial}`)));
    assert.deepEqual(came.map((device) => device.purchase_cost), ["1000.00", "1100.00"]);
    assert.ok(came[0].lot_id && came[0].lot_id === came[1].lot_id);
  });

  test("nothing went wrong behind the pages", () => {
    for (const page of opened) assert.deepEqual(page.problems, []);
  });
});
