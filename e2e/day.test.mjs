// A day at the shop: five people, each at their own work, through the pages. The test keeps books of its own beside the
// shop's: every figure that the shop shows in the evening is compared with them, to the pesewa.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { choose, launch, openPage, picture, scan, signIn } from "./browser.mjs";
import { adminApi, apiAs, hire, openShop, readyDevice } from "./shop.mjs";

const [PASSWORD, ADMIN_PASSWORD] = ["makola-market-22", "harmattan-wind-88"];
const PEOPLE = [["efua", "Admin", "Efua Nyarko"], ["kwame", "Manager", "Kwame Asante"], ["ama", "Sales", "Ama Mensah"], ["kofi", "Technician", "Kofi Owusu"], ["yaw", "Warehouse", "Yaw Darko"]];

const shops = [];

// Money is counted in pesewas here.
const [LATITUDE, ELITEBOOK, CHARGER, DEVICE_COST, CHARGER_COST] = [374_555, 431_040, 24_035, 200_000, 14_000];
const plain = (pesewas) => (pesewas / 100).toFixed(2);
const grouped = (pesewas) => (pesewas / 100).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const pesewas = (text) => Math.round(Number(text.replaceAll(",", "")) * 100);

/** A shop with the five, two models, chargers, and these devices ready for sale. */
const furnished = async (serials) => {
  const shop = await openShop();
  shops.push(shop);
  const admin = await adminApi(shop, ADMIN_PASSWORD);
  await hire(admin, PASSWORD, ...PEOPLE);
  const efua = await apiAs(shop, "efua", PASSWORD);
  const laptop = { category: "Laptop", cpu: "Core i5", ram: "16 GB", storage: "256 GB SSD" };
  const latitude = await efua.post("/product-models", { ...laptop, brand: "Dell", model_name: "Latitude 5400", default_price_grade_a: plain(LATITUDE) });
  const elitebook = await efua.post("/product-models", { ...laptop, brand: "HP", model_name: "EliteBook 840 G6", default_price_grade_a: plain(ELITEBOOK) });
  await efua.post("/bulk-stock", { sku: "CHG-65W", item_name: "65 W USB-C charger", category: "Charger", unit_price: plain(CHARGER), unit_cost: plain(CHARGER_COST), quantity: 40 });
  await Promise.all(serials.map((serial) => readyDevice(efua, serial, (serial.startsWith("LAT") ? latitude : elitebook).id)));
  return { shop, efua, models: { latitude: latitude.id, elitebook: elitebook.id } };
};

/** Notes and coins that make an amount, some of each kind that it goes through: [worth, "note" or "coin", how many]. */
const drawer = (amount) => {
  const pieces = [];
  for (const [worth, kind] of [[20_000, "note"], [10_000, "note"], [5_000, "note"], [2_000, "note"], [1_000, "note"], [500, "note"], [200, "coin"], [100, "note"], [50, "coin"], [20, "coin"], [10, "coin"]]) {
    // Not all of it in the biggest notes: drawers are not like that.
    const many = worth >= 5_000 ? Math.floor(amount / worth / 2) : Math.floor(amount / worth);
    if (many > 0) pieces.push([worth, kind, many]);
    amount -= many * worth;
  }
  assert.equal(amount, 0, "an amount that notes and coins can make");
  return pieces;
};

const isPdf = async (page, address) => {
  const answer = await page.request.get(address);
  assert.equal(answer.status(), 200, address);
  assert.equal(answer.headers()["content-type"], "application/pdf", address);
  const body = await answer.body();
  assert.equal(body.subarray(0, 5).toString(), "%PDF-");
  assert.ok(body.length > 5_000, `${address} is a document`);
};

let browser, ofTheDay, ofTheKeys;
before(async () => {
  [browser, ofTheDay, ofTheKeys] = await Promise.all([
    launch(),
    furnished(["LAT0001", "LAT0002", "LAT0003", "LAT0004", "ELI0001", "ELI0002", "ELI0003"]),
    furnished(["LAT0001", "LAT0002"]),
  ]);
});
after(async () => {
  await browser?.close();
  await Promise.all(shops.map((shop) => shop.close()));
});

describe("a day at the shop", () => {
  let shop, efua, models, ama, kwame, kofi, yaw, chief;
  const opened = [];
  const apis = {};
  const ids = {}; // of invoices and customers, by what they are called here

  // The test's own books.
  const sales = { Retail: 0, Wholesale: 0, "Walk-in": 0 };
  const day = { issued: [], invoices: 0, cost: 0, returned: 0, returns: 0, costBack: 0, taken: {}, given: {} };
  const tills = { ama: {}, kwame: {} };
  const add = (to, name, amount) => (to[name] = (to[name] ?? 0) + amount);
  const sold = (kind, total, cost) => {
    sales[kind] += total;
    if (kind !== "Wholesale") day.issued.push(total); // to dealers when it was sent, and paid later
    day.invoices += 1;
    day.cost += cost;
  };
  const cameBack = (total, cost) => {
    day.returned += total;
    day.returns += 1;
    day.costBack += cost;
  };
  const took = (who, method, amount) => {
    add(day.taken, method, amount);
    add(tills[who], method, amount);
  };
  const gave = (who, method, amount) => {
    add(day.given, method, amount);
    add(tills[who], method, -amount);
  };
  const accounts = {}; // of customers: [kind, charged, paid]
  const entry = (who, kind, charged, paid) => (accounts[who] ??= []).push([kind, charged, paid]);
  const total = (of) => Object.values(of).reduce((sum, amount) => sum + amount, 0);

  const comesIn = async (username) => {
    const page = await openPage(browser, shop.base);
    opened.push(page);
    await signIn(page, shop.base, username, PASSWORD);
    return page;
  };
  const go = (page, path) => page.goto(shop.base + path);
  const number = (page) => Number(/\/invoices\/(\d+)/.exec(page.url())[1]);
  const said = async (page, ...words) => {
    const text = await page.textContent("main");
    for (const word of words) assert.ok(text.includes(word), `${page.url()} says ${word}`);
  };
  const sale = async (page, ...codes) => {
    await go(page, "/sell");
    for (const [n, code] of codes.entries()) {
      await scan(page, code);
      await page.locator("[data-line]").nth(n).waitFor();
    }
  };
  /** Changes the quantity or the price of a line. */
  const change = async (page, n, field, value, then) => {
    const line = page.locator("[data-line]").nth(n);
    await line.locator("summary").click();
    await line.locator(`[name=${field}]`).fill(value);
    await line.locator("button[value=update]").click();
    await page.locator(`#total:has-text("${grouped(then)}")`).waitFor();
  };
  const newCustomer = async (page, name, phone) => {
    await page.locator("summary:has-text('New customer')").click();
    await page.fill("[name=new_name]", name);
    await page.fill("[name=new_phone]", phone);
  };
  const knownCustomer = async (page, name) => {
    await page.fill("[name=customer_query]", name);
    await page.click("button[value='find-customer']");
    await page.locator(".found-item", { hasText: name }).click();
    await page.locator(".till-customer-name", { hasText: name }).waitFor();
  };
  /** One more payment; without an amount what is left. The reference goes in first, the amount is sent by itself. */
  const pays = async (page, method, amount, reference) => {
    const before = await page.locator("[name=payment_amount]").count();
    await page.click(`button[value='pay:${method}']`);
    const field = page.locator("[name=payment_amount]").nth(before);
    await field.waitFor();
    if (reference) await page.locator("input[name=payment_reference]:not([type=hidden])").last().fill(reference);
    if (amount === undefined) return;
    await field.fill(plain(amount));
    await field.press("Enter");
    await page.locator(`[name=payment_amount][value="${plain(amount)}"]`).waitFor();
  };
  const complete = async (page) => {
    await page.click("button[value=complete]");
    await page.waitForURL(/\/invoices\/\d+\/sold$/);
    return number(page);
  };
  const customerOf = async (invoice) => (await efua.get(`/invoices/${invoice}`)).customer_id;
  const yes = (page) => page.locator("dialog[open] button[value=yes]").click();

  before(async () => {
    ({ shop, efua, models } = ofTheDay);
    apis.ama = await apiAs(shop, "ama", PASSWORD);
    apis.kwame = await apiAs(shop, "kwame", PASSWORD);
    [ama, kwame, kofi, yaw, chief] = await Promise.all(["ama", "kwame", "kofi", "yaw", "efua"].map(comesIn));
  });

  test("ama and kwame open their tills; yaw receives a device, and has no till", async () => {
    for (const [who, page, float] of [["ama", ama, 50_000], ["kwame", kwame, 20_000]]) {
      await go(page, "/till");
      await page.fill("[name=opening_float]", plain(float));
      await page.click("button:has-text('Open till')");
      await page.getByText("Your till is open.").waitFor();
      add(tills[who], "Cash", float);
    }
    await go(yaw, "/devices/new");
    await yaw.selectOption("[name=product_model_id]", String(models.latitude));
    await yaw.fill("[name=serial_number]", "NEW0001");
    await yaw.click("button:has-text('Receive, next device')");
    await yaw.getByText("NEW0001").first().waitFor();
    assert.equal((await efua.get("/assets/by-serial/NEW0001")).status, "Received");
    for (const path of ["/till", "/sell", "/today", "/reports/receivables"]) assert.equal((await go(yaw, path)).status(), 403, path);
  });

  test("retail: a laptop with two chargers, cash and MoMo, to a new customer", async () => {
    const due = LATITUDE + 2 * CHARGER;
    await sale(ama, "LAT0001", "CHG-65W");
    await change(ama, 1, "quantity", "2", due);
    await newCustomer(ama, "Abena Osei", "0244112233");
    await pays(ama, "Cash", 300_000);
    await pays(ama, "MoMo", undefined, "MP-1001");
    ids.abena = await complete(ama);
    ids.abenaHerself = await customerOf(ids.abena);
    await said(ama, "Abena Osei", grouped(due), "3,000.00", grouped(due - 300_000));
    sold("Retail", due, DEVICE_COST + 2 * CHARGER_COST);
    took("ama", "Cash", 300_000);
    took("ama", "MoMo", due - 300_000);
    entry("abena", "Invoice", due, 0);
    entry("abena", "Payment", 0, 300_000);
    entry("abena", "Payment", 0, due - 300_000);
  });

  test("retail: a walk-in gets a price and his change", async () => {
    await sale(ama, "LAT0002");
    await change(ama, 0, "unit_price", "3700", 370_000);
    await pays(ama, "Cash", 380_000);
    await ama.locator(".change:has-text('100.00')").waitFor();
    ids.walkIn = await complete(ama);
    await said(ama, "Change", "100.00");
    sold("Walk-in", 370_000, DEVICE_COST);
    took("ama", "Cash", 370_000);
  });

  test("part payment: the laptop is held, and the rest is owed", async () => {
    await sale(ama, "LAT0003");
    await newCustomer(ama, "Kojo Addo", "0244556677");
    await pays(ama, "Cash", 60_000);
    await pays(ama, "Card", 40_000, "POS-77");
    await ama.click("button:has-text('Take part payment')");
    await ama.waitForURL((url) => /\/invoices\/\d+$/.test(url.pathname));
    ids.kojo = number(ama);
    ids.kojoHimself = await customerOf(ids.kojo);
    await said(ama, "Holds its goods until", grouped(LATITUDE - 100_000));
    took("ama", "Cash", 60_000);
    took("ama", "Card", 40_000);
    entry("kojo", "Invoice", LATITUDE, 0);
    day.issued.push(LATITUDE);
    entry("kojo", "Payment", 0, 60_000);
    entry("kojo", "Payment", 0, 40_000);
  });

  // 8 % off the list.
  const [dealerCharger, dealerLatitude, dealerElitebook] = [CHARGER, LATITUDE, ELITEBOOK].map((price) => Math.round((price * 92) / 100));
  const [firstLot, secondLot] = [10 * dealerCharger, dealerLatitude + dealerElitebook + 4 * dealerCharger];

  test("wholesale on credit: kwame sets the terms, ama invoices, kwame lets the goods go", async () => {
    await go(kwame, "/settings/price-lists");
    await kwame.fill("[name=name]", "Dealers");
    await kwame.fill("[name=percent]", "8");
    await kwame.click("button:has-text('Save price list')");
    await kwame.locator("table", { hasText: "Dealers" }).waitFor();
    await go(kwame, "/customers/new");
    await choose(kwame, "customer_type", "Wholesale");
    await kwame.fill("[name=full_name]", "Akosua Badu");
    await kwame.fill("[name=business_name]", "Circle Computers");
    await kwame.fill("[name=phone]", "0302123456");
    await kwame.click("main button:has-text('Save')");
    await kwame.waitForURL((url) => /\/customers\/\d+$/.test(url.pathname));
    ids.dealer = Number(/\d+$/.exec(kwame.url())[0]);
    await kwame.getByRole("link", { name: "Account" }).click();
    await kwame.selectOption("[name=price_list_id]", { label: "Dealers" });
    await kwame.fill("[name=credit_limit]", "10600");
    await kwame.fill("[name=payment_terms_days]", "14");
    await kwame.click("button:has-text('Save terms')");
    await kwame.getByText("The terms are saved.").waitFor();

    const invoiceTo = async (name, due, lines) => {
      await sale(ama, ...lines.map(([code]) => code));
      await knownCustomer(ama, "Akosua Badu");
      for (const [n, [, many, then]] of lines.entries()) if (many > 1) await change(ama, n, "quantity", String(many), then);
      await ama.locator(`#total:has-text("${grouped(due)}")`).waitFor();
      await ama.click("button[value=draft]");
      await ama.waitForURL((url) => /\/invoices\/\d+$/.test(url.pathname));
      ids[name] = number(ama);
      await ama.getByRole("button", { name: "Send" }).click();
      await ama.locator(".chip:has-text('Sent')").waitFor();
      assert.equal(await ama.getByText("Release the goods").count(), 0, "whoever sells gives no credit");
      entry("dealer", "Invoice", due, 0);
      day.issued.push(due);
    };
    await invoiceTo("firstLot", firstLot, [["CHG-65W", 10, firstLot]]);
    await invoiceTo("secondLot", secondLot, [["LAT0004", 1], ["ELI0001", 1], ["CHG-65W", 4, secondLot]]);
    for (const name of ["firstLot", "secondLot"]) {
      await go(kwame, `/invoices/${ids[name]}`);
      await kwame.locator(".page-actions summary:has-text('More')").click();
      await kwame.click("button:has-text('Release the goods')");
      await yes(kwame);
      await kwame.getByText("Its goods went out on").waitFor();
    }
    await picture(kwame, "day-released");
  });

  test("one payment over both invoices, a part of the goods back, a second payment", async () => {
    const takes = async (page, method, amount, reference, words) => {
      await go(page, `/customers/${ids.dealer}/account`);
      await page.selectOption("[name=payment_method]", method);
      await page.fill("[name=amount]", plain(amount));
      if (reference) await page.fill("[name=reference]", reference);
      await page.click("button:has-text('Take payment')");
      await page.getByText(words).waitFor();
      entry("dealer", "Payment", 0, amount);
    };
    await takes(ama, "Cash", 400_000, "", "is taken for 2 invoices");
    took("ama", "Cash", 400_000);
    sold("Wholesale", firstLot, 10 * CHARGER_COST); // it is paid now
    assert.equal((await efua.get(`/invoices/${ids.firstLot}`)).status, "Paid");

    const back = 2 * dealerCharger;
    await go(kwame, `/invoices/${ids.secondLot}`);
    await kwame.getByRole("link", { name: "Take goods back" }).click();
    for (const [line, many] of [[1, 0], [2, 0], [3, 2]]) await kwame.fill(`[name=quantity_${line}]`, String(many));
    await kwame.fill("[name=reason]", "Two too many");
    await kwame.click("button:has-text('Work out the money')");
    await said(kwame, grouped(back));
    await kwame.click("button[value=take]");
    await kwame.waitForURL(/\/returns\/\d+$/);
    entry("dealer", "Return", 0, back);

    await takes(kwame, "MoMo", 56_492, "MP-1002", "is taken for 1 invoice");
    took("kwame", "MoMo", 56_492);
    day.owed = secondLot - (400_000 - firstLot) - back - 56_492;
    assert.equal((await efua.get(`/invoices/${ids.secondLot}`)).balance_due, plain(day.owed));
  });

  test("a return: ama asks, kwame approves, the money goes back by MoMo", async () => {
    await go(ama, `/invoices/${ids.abena}/return`);
    await ama.fill("[name=quantity_1]", "0");
    await ama.fill("[name=quantity_2]", "1");
    await ama.fill("[name=reason]", "One charger is enough");
    await ama.click("button:has-text('Work out the money')");
    await said(ama, "What comes back is worth", grouped(CHARGER));
    await ama.getByLabel("Give back by Cash").fill("");
    await ama.getByLabel("Give back by MoMo").fill(plain(CHARGER));
    await ama.getByLabel("Reference of what is given back").first().fill("MP-BACK-1");
    await ama.click("button[value=take]");
    await ama.waitForURL(/\/return-requests\/\d+$/);
    await go(kwame, "/today");
    await kwame.getByText("returns wait for a decision").click();
    await kwame.locator("tr", { hasText: "One charger is enough" }).getByRole("link").click();
    await kwame.click("button:has-text('Approve and take back')");
    await kwame.getByText("The return is made.").waitFor();
    const note = await kwame.locator("main a[href^='/returns/']").first().getAttribute("href");
    await isPdf(kwame, `${shop.base}${note}/document.pdf?layout=a4`);
    cameBack(CHARGER, CHARGER_COST);
    gave("kwame", "MoMo", CHARGER);
    entry("abena", "Return", 0, CHARGER);
    entry("abena", "Refund", CHARGER, 0);
  });

  test("an exchange: the same customer takes a dearer laptop and pays the rest", async () => {
    const [price, rest] = [LATITUDE + 55_000, 55_000];
    await go(kwame, `/invoices/${ids.abena}`);
    await kwame.getByRole("link", { name: "Exchange" }).click();
    await kwame.waitForURL(/\/exchange$/);
    await scan(kwame, "ELI0002");
    await kwame.locator("[name=goods_price]").fill(plain(price));
    await kwame.fill("[name=reason]", "She needs the bigger screen");
    await kwame.click("button:has-text('Work out the money')");
    await kwame.locator(`[name=pay_amount][value="${plain(rest)}"]`).waitFor();
    await said(kwame, "The customer pays", grouped(rest), grouped(LATITUDE), grouped(price));
    await kwame.selectOption("[name=pay_method]", "Cash");
    await kwame.click("button[value=exchange]");
    await kwame.waitForURL((url) => /\/invoices\/\d+$/.test(url.pathname) && number(kwame) !== ids.abena);
    ids.exchanged = number(kwame);
    cameBack(LATITUDE, DEVICE_COST);
    sold("Retail", price, DEVICE_COST);
    took("kwame", "Cash", rest);
    add(tills.kwame, "Other", 0); // the credit note and what it pays stand against each other
    entry("abena", "Return", 0, LATITUDE);
    entry("abena", "Refund", LATITUDE, 0);
    entry("abena", "Invoice", price, 0);
    entry("abena", "Payment", 0, LATITUDE);
    entry("abena", "Payment", 0, rest);
  });

  test("a trade-in pays a part of the next laptop", async () => {
    const worth = 120_040;
    await sale(ama, "ELI0003");
    await newCustomer(ama, "Yaa Asantewaa", "0208889990");
    await ama.locator("summary:has-text('Trade-in')").click();
    await ama.fill("[name=trade_ins_0_serial_number]", "OLD0001");
    await ama.selectOption("[name=trade_ins_0_product_model_id]", String(models.latitude));
    await ama.fill("[name=trade_ins_0_agreed_value]", plain(worth));
    await ama.click("button[value=reckon]");
    await ama.locator("[name=trade_ins_0_agreed_value]").waitFor();
    await pays(ama, "Cash");
    assert.equal(await ama.inputValue("[name=payment_amount]"), plain(ELITEBOOK - worth));
    ids.yaa = await complete(ama);
    assert.equal((await efua.get("/assets/by-serial/OLD0001")).purchase_cost, plain(worth));
    sold("Retail", ELITEBOOK, DEVICE_COST);
    took("ama", "Cash", ELITEBOOK - worth);
    took("ama", "Other", worth);
  });

  test("cash is carried from drawer to drawer, petrol is paid", async () => {
    const moves = async (who, page, kind, amount, reason) => {
      await go(page, "/till");
      await choose(page, "kind", kind);
      await page.fill("[name=amount]", plain(amount));
      await page.fill("[name=reason]", reason);
      await page.click("button:has-text('Write it down')");
      await page.getByText("It is written down.").waitFor();
      add(tills[who], "Cash", kind === "Pay in" ? amount : -amount);
    };
    await moves("ama", ama, "Pay out", 360_000, "To Kwame's drawer");
    await moves("kwame", kwame, "Pay in", 360_000, "From Ama's drawer");
    await moves("ama", ama, "Pay out", 3_530, "Petrol for the delivery");
    await moves("ama", ama, "Pay in", 1_260, "Rest of the petrol money");
  });

  test("the walk-in's laptop comes back, and kofi tests it again", async () => {
    await go(kwame, `/invoices/${ids.walkIn}/return`);
    assert.equal(await kwame.getByLabel("Give back by Cash").inputValue(), "3700.00");
    await kwame.fill("[name=reason]", "The screen flickers");
    await kwame.click("button[value=take]");
    await kwame.waitForURL(/\/returns\/\d+$/);
    cameBack(370_000, DEVICE_COST);
    gave("kwame", "Cash", 370_000);
    assert.equal((await efua.get(`/invoices/${ids.walkIn}`)).status, "Refunded");
    await go(kofi, "/bench?q=LAT0002");
    await kofi.getByRole("button", { name: /All the rest pass/ }).click();
    await kofi.getByRole("button", { name: /Save, next device/ }).click();
    await kofi.waitForLoadState();
    assert.equal((await efua.get("/assets/by-serial/LAT0002")).status, "Wipe Pending");
  });

  test("cash-up: both count blindly, piece by piece, and nothing is missing", async () => {
    for (const [who, page] of [["ama", ama], ["kwame", kwame]]) {
      await go(page, "/till");
      const expected = tills[who].Cash;
      if (who === "ama") {
        const text = await page.textContent("body");
        for (const word of ["Expected", grouped(expected), plain(expected)]) assert.ok(!text.includes(word), `${word} is not said before the count`);
        assert.equal((await apis.ama.get("/till-sessions/current")).balances, undefined);
      }
      for (const [worth, kind, many] of drawer(expected)) {
        const fields = page.locator(`[data-worth="${worth}"]`);
        await (kind === "note" ? fields.first() : fields.last()).fill(String(many));
      }
      assert.equal(await page.textContent("[data-count-total]"), grouped(expected));
      for (const [method, field] of [["MoMo", "total_momo"], ["Card", "total_card"]]) {
        if (tills[who][method]) await page.fill(`[name=${field}]`, plain(tills[who][method]));
      }
      await picture(page, `day-count-${who}`);
      await page.click("button[value=close]");
      await page.getByText("The till is closed.").waitFor();
      await said(page, grouped(expected));
      const id = Number(/\/tills\/(\d+)/.exec(page.url())[1]);
      const till = await apis[who].get(`/till-sessions/${id}`);
      const cash = till.balances.find((row) => row.payment_method === "Cash");
      const counted = till.counts.filter((row) => row.payment_method === "Cash").reduce((sum, row) => sum + pesewas(row.amount), 0);
      assert.equal(counted - expected, 0, "the drawer holds what the day's work put into it");
      assert.deepEqual([cash.expected, cash.counted, cash.difference], [plain(expected), plain(expected), "0.00"]);
      for (const [method, amount] of Object.entries(tills[who])) {
        assert.equal(till.balances.find((row) => row.payment_method === method)?.expected, plain(amount), `${method} of ${who}`);
      }
      assert.equal(till.balances.length, Object.keys(tills[who]).length, "and no other method");
      assert.equal(till.difference, "0.00");
      assert.match(till.z_number, /^Z-\d{6}$/);
      for (const layout of ["a4", "receipt"]) await isPdf(page, `${shop.base}/tills/${id}/document.pdf?layout=${layout}`);
      await picture(page, `day-closed-till-${who}`);
    }
  });

  /** What the day came to. */
  const evening = () => {
    const [gross, net, costs] = [total(sales), total(sales) - day.returned, day.cost - day.costBack];
    return { gross, net, costs, earned: net - costs, stillOwed: day.owed + (LATITUDE - 100_000), methods: Object.keys(day.taken) };
  };
  /** The figures of a table's row, without its name. */
  const cells = async (row) => (await row.locator("td").allTextContents()).slice(1).map((text) => text.replace("GH₵", "").trim());

  test("in the evening Today and the dashboard say what the test has reckoned", async () => {
    const { gross, net, costs, earned, stillOwed, methods } = evening();
    console.log(`# sales ${grouped(gross)}, returned ${grouped(day.returned)}, owed ${grouped(stillOwed)}, profit ${grouped(earned)}`);

    // The dashboard.
    const dashboard = await efua.get("/reports/dashboard");
    const date = dashboard.date;
    assert.deepEqual(dashboard.today, {
      invoice_date: date,
      transaction_count: day.invoices,
      total_sales: plain(gross),
      returned_amount: plain(day.returned),
      net_sales: plain(net),
    });
    assert.deepEqual([dashboard.profit, dashboard.cost_total, dashboard.lines_without_cost], [plain(earned), plain(costs), 0]);
    assert.deepEqual([dashboard.open_invoices.receivable_balance, dashboard.open_invoices.receivable_count], [plain(stillOwed), 2]);
    const byMethod = Object.fromEntries(dashboard.tender.map((row) => [row.payment_method, [row.amount, row.refunded]]));
    assert.deepEqual(byMethod, Object.fromEntries(methods.map((method) => [method, [plain(day.taken[method]), plain(day.given[method] ?? 0)]])));

    // Today's page.
    await go(chief, "/today");
    const figure = async (label) => (await chief.locator(".stat", { has: chief.locator(".stat-label", { hasText: label }) }).locator(".stat-value").textContent()).replace("GH₵", "").trim();
    for (const [label, amount] of [["Sales today", gross], ["Returned today", day.returned], ["Profit today", earned], ["To be paid", stillOwed]]) assert.equal(await figure(label), grouped(amount), label);
    assert.equal(await figure("Invoices today"), String(day.invoices));
    const taken = chief.locator("section.card", { hasText: "Money taken today" }).locator("li");
    assert.equal(await taken.count(), methods.length);
    for (const method of methods) {
      const text = await taken.filter({ hasText: method }).textContent();
      assert.ok(text.includes(grouped(day.taken[method])), `${method} on Today: ${text}`);
      if (day.given[method]) assert.ok(text.includes(`${grouped(day.given[method])} given back`), text);
    }
    await picture(chief, "day-today");
  });

  test("so do the sales of the day, in the API and on their page", async () => {
    const { gross, net } = evening();
    const { date } = await efua.get("/reports/dashboard");
    const { data: [row] } = await efua.get(`/reports/sales-daily?invoice_date=${date}`);
    assert.deepEqual(row, {
      invoice_date: date,
      transaction_count: day.invoices,
      total_sales: plain(gross),
      retail_sales: plain(sales.Retail),
      wholesale_sales: plain(sales.Wholesale),
      walk_in_sales: plain(sales["Walk-in"]),
      return_count: day.returns,
      returned_amount: plain(day.returned),
      net_sales: plain(net),
    });
    await go(chief, "/reports/sales-daily");
    for (const [label, amount] of [["Sales", gross], ["Retail", sales.Retail], ["Wholesale", sales.Wholesale], ["Walk-in", sales["Walk-in"]], ["Returned", day.returned], ["Sales less returns", net]]) {
      const stat = chief.locator(".stat").filter({ has: chief.getByText(label, { exact: true }) });
      assert.ok((await stat.textContent()).includes(grouped(amount)), label);
    }
    const line = [String(day.invoices), ...[sales.Retail, sales.Wholesale, sales["Walk-in"], gross, day.returned, net].map(grouped)];
    assert.deepEqual(await cells(chief.locator("tbody tr")), line);
    assert.deepEqual(await cells(chief.locator("tfoot tr")), line);
    await picture(chief, "day-sales-report");
  });

  test("so does what customers owe, by age", async () => {
    const { stillOwed } = evening();
    const owes = [[ids.dealer, day.owed], [ids.kojoHimself, LATITUDE - 100_000]].sort((a, b) => b[1] - a[1]);
    const receivables = (await efua.get("/reports/receivables")).data;
    assert.deepEqual(
      receivables.map((one) => [one.customer_id, one.invoices, one.not_due, one.days_1_30, one.days_31_60, one.days_61_90, one.days_over_90, one.total]),
      owes.map(([id, amount]) => [id, 1, plain(amount), "0.00", "0.00", "0.00", "0.00", plain(amount)]),
    );
    await go(chief, "/reports/receivables");
    assert.deepEqual(await cells(chief.locator("tfoot tr")), [stillOwed, 0, 0, 0, 0, stillOwed].map(grouped));
    await picture(chief, "day-receivables");
  });

  test("so does each customer's statement", async () => {
    for (const [name, id] of [["dealer", ids.dealer], ["abena", ids.abenaHerself], ["kojo", ids.kojoHimself]]) {
      const rows = accounts[name];
      const owed = rows.reduce((sum, [, charged, paid]) => sum + charged - paid, 0);
      const account = await efua.get(`/customers/${id}/account`);
      const flat = (list) => list.map((one) => one.join(" ")).sort();
      assert.deepEqual(flat(account.entries.map((one) => [one.kind, one.charged, one.paid])), flat(rows.map(([kind, charged, paid]) => [kind, plain(charged), plain(paid)])), name);
      assert.equal(account.closing, plain(owed), name);
      assert.equal(account.entries.at(-1).balance, plain(owed), name);
      await go(chief, `/customers/${id}/account`);
      assert.equal((await chief.locator(".stat", { hasText: "Left to pay" }).locator(".stat-value").textContent()).replace("GH₵", "").trim(), grouped(owed), `left to pay of ${name}`);
      assert.equal((await cells(chief.locator("tfoot tr"))).at(-1), grouped(owed), name);
      await isPdf(chief, `${shop.base}/customers/${id}/account/document.pdf`);
    }
    assert.equal(accounts.dealer.reduce((sum, [, charged, paid]) => sum + charged - paid, 0), day.owed, "the statement and the receivables are of one mind");
  });

  test("efua closes the day: what was invoiced, and the same money", async () => {
    await go(chief, "/reports/close-day");
    const row = (place) => chief.locator("tr", { has: chief.locator("td.cell-main") }).nth(place).locator("td").allTextContents();
    const figures = async () => (await row(0)).slice(1, 5).map((text) => text.replace(/[^\d.,]/g, ""));
    const expected = [String(day.issued.length), ...[total(day.issued), total(day.taken), total(day.given)].map(grouped)];
    assert.deepEqual(await figures(), expected);
    await chief.locator("button[name=date]").click();
    await yes(chief);
    await chief.getByText("The books are closed up to").waitFor();
    assert.deepEqual(await figures(), expected);
    await picture(chief, "day-closed");
  });

  test("the books are whole, and nothing went wrong behind the scenes", async () => {
    console.log(`# ${(await shop.run("verify")).trim().split("\n").at(-1)}`);
    assert.deepEqual(opened.flatMap((page) => page.problems), []);
    assert.ok(!shop.log().includes(" ERROR "), shop.log());
  });
});

describe("the same pages by keys alone, on a narrow screen", () => {
  let shop, efua, page, sold, sent;
  const WIDTH = 360;

  /** What has the focus, whether that is to be seen, and whether something lies over it. */
  const focused = () =>
    page.evaluate(() => {
      const on = document.activeElement;
      if (!on || on === document.body || on === document.documentElement) return null;
      const button = on.matches("input[type=radio], input[type=checkbox]") && on.closest("label");
      const shown = button || on;
      const { left, right, top, bottom } = shown.getBoundingClientRect();
      const ringed = [on, on.parentElement, on.closest("label, tr, .line")].filter(Boolean);
      const ring =
        ringed.some((one) => {
          const { outlineStyle, outlineWidth } = getComputedStyle(one);
          return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
        }) ||
        // The calendar's button inside a field for a date: the browser rings that itself.
        (on.type === "date" && !on.matches(":focus-visible"));
      // Of nine points of it at least one lies on top of everything.
      const [width, height] = [right - left, bottom - top];
      const points = [0.1, 0.5, 0.9].flatMap((x) => [0.1, 0.5, 0.9].map((y) => [left + width * x, top + height * y]));
      const bare = points.some(([x, y]) => {
        const there = document.elementFromPoint(x, y);
        return there && (shown.contains(there) || there.contains(shown) && there.matches("label, tr, .affix, .scan"));
      });
      const seen = left < innerWidth && right > 0 && top < innerHeight && bottom > 0 && width > 0 && height > 0;
      return { what: on.outerHTML.replace(/\s+/g, " ").slice(0, 130), seen, ring, bare, wide: document.documentElement.scrollWidth };
    });
  const stop = async () => {
    const at = await focused();
    if (!at) return null;
    const where = new URL(page.url()).pathname;
    if (!at.seen) unseen.add(`${where}: the focus is out of sight on ${at.what}`);
    else if (!at.ring) unseen.add(`${where}: no ring around ${at.what}`);
    else if (!at.bare) unseen.add(`${where}: something lies over ${at.what}`);
    if (at.wide > WIDTH) unseen.add(`${where} is ${at.wide} px wide`);
    stops.add(`${where} ${at.what}`);
    return at.what;
  };
  const stops = new Set();
  const unseen = new Set();
  const press = (key) => page.keyboard.press(key);
  /** Goes on with Tab until something like this has the focus; every stop on the way is looked at. */
  const tabTo = async (selector, key = "Tab") => {
    for (let n = 0; n < 90; n += 1) {
      await press(key);
      await stop();
      if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
    }
    assert.fail(`${page.url()}: no way to ${selector} by ${key}`);
  };
  /** Types over what stands there, with the pause after it that a scanner does not make. */
  const types = async (text) => {
    await press("Control+A");
    await letters(text);
  };
  const letters = async (text) => {
    await page.keyboard.type(text);
    await page.waitForTimeout(Math.max(160, 50 * (text.length + 2)));
  };
  const fills = async (selector, text) => {
    await tabTo(selector);
    await types(text);
  };
  /** Tab begins with the first thing of the page again. */
  const fromTheTop = async () => {
    await page.evaluate(() => document.querySelector(".skip").focus());
  };
  /** From the first thing of the page to the last. */
  const throughAll = async (name) => {
    await fromTheTop();
    let seen = 0;
    for (; seen < 150 && (await stop()); seen += 1) await press("Tab");
    assert.ok(seen > 8, `${name} has ${seen} stops`);
    await picture(page, `keys-${name}-${WIDTH}`);
  };
  const find = async (what, where) => {
    await press("Control+K");
    await page.locator("#palette[open] input:focus").waitFor();
    await letters(what);
    await page.locator(".palette-item[aria-selected=true]").waitFor();
    await press("Enter");
    await page.waitForURL(where);
  };
  /** Presses a button or follows a link that is reached by Tab. */
  const pressAt = async (selector, where) => {
    await tabTo(selector);
    await press("Enter");
    if (where) await page.waitForURL(where);
  };

  before(async () => {
    ({ shop, efua } = ofTheKeys);
    const efia = await efua.post("/customers", { full_name: "Efia Owusu-Ansah", phone: "0244998877", customer_type: "Retail" });
    sold = await efua.post("/sales", { customer_id: efia.id, customer_type: "Retail", lines: [{ serial_number: "LAT0001" }, { sku: "CHG-65W", quantity: 2 }], payments: [{ payment_method: "Cash", amount: plain(LATITUDE + 2 * CHARGER) }] });
    sent = await efua.post("/invoices", { customer_id: efia.id, customer_type: "Retail", lines: [{ serial_number: "LAT0002" }] });
    page = await openPage(browser, shop.base, { viewport: { width: WIDTH, height: 740 } });
  });

  test("signing in, and opening a till", async () => {
    await page.goto(`${shop.base}/sign-in`);
    await page.locator("[name=username]:focus").waitFor();
    await stop();
    await page.keyboard.type("kwame");
    await fills("[name=password]", PASSWORD);
    await press("Enter");
    await page.waitForURL((url) => url.pathname !== "/sign-in");
    await pressAt(".thumb-link[href='/sell']", "**/sell");
    await tabTo(".till-state a");
    await press("Enter");
    await page.waitForURL("**/till");
    await throughAll("till-to-open");
    await fromTheTop();
    await fills("[name=opening_float]", "300.50");
    await press("Enter");
    await page.getByText("Your till is open.").waitFor();
  });

  test("the till: paying in", async () => {
    await throughAll("till");
    await fromTheTop();
    await tabTo("[name=kind]");
    await press("ArrowLeft");
    if (!(await page.evaluate(() => document.activeElement.value === "Pay in"))) await press("ArrowRight");
    assert.equal(await page.evaluate(() => document.querySelector("[name=kind]:checked").value), "Pay in");
    await stop();
    await fills("[name=amount]", "20.30");
    await fills("[name=reason]", "More change");
    await pressAt("main button.button-primary");
    await page.getByText("It is written down.").waitFor();
    await picture(page, "keys-till-paid-in-360");
  });

  test("an invoice: found, sent, paid in part", async () => {
    await find(sent.invoice_number, `**/invoices/${sent.id}`);
    await throughAll("invoice-draft");
    await press("s");
    await page.locator(".chip:has-text('Sent')").waitFor();
    await tabTo("[name=payment_method]");
    await letters("Cash");
    assert.equal(await page.inputValue("[name=payment_method]"), "Cash");
    await fills("[name=amount]", "1000.40");
    await pressAt("main form[action$='/payments'] button");
    await page.getByText(grouped(LATITUDE - 100_040)).first().waitFor();
    await throughAll("invoice-sent");
  });

  test("the return form: what comes back, the money, the credit note", async () => {
    await find(sold.invoice_number, `**/invoices/${sold.id}`);
    await throughAll("invoice-paid");
    await fromTheTop();
    await pressAt(`a[href='/invoices/${sold.id}/return']`, "**/return");
    await throughAll("return-form");
    await fromTheTop();
    await fills("[name=quantity_1]", "0");
    await fills("[name=quantity_2]", "1");
    await tabTo("[name=disposition_2]");
    await press("ArrowDown");
    assert.equal(await page.inputValue("[name=disposition_2]"), "Scrap");
    await press("ArrowUp");
    await fills("[name=reason]", "One is enough");
    await pressAt("button[value=reckon]");
    await page.getByText("What comes back is worth").waitFor();
    assert.equal(await page.inputValue("[name=refund_0]"), plain(CHARGER));
    await picture(page, "keys-return-worked-out-360");
    // The drawer has no coins of five pesewas: what it can give goes back now.
    await fills("[name=refund_0]", "240.30");
    await pressAt("button[value=take]", /\/returns\/\d+$/);
    await throughAll("return");
  });

  test("a customer: found, changed, and the account", async () => {
    await find("Efia", /\/customers\/\d+$/);
    await throughAll("customer");
    await fromTheTop();
    await pressAt(".page-actions details > summary");
    await stop();
    await picture(page, "keys-customer-menu-360");
    await pressAt("a.menu-item[href$='/edit']", "**/edit");
    await throughAll("customer-edit");
    await fromTheTop();
    await fills("[name=city]", "Koforidua");
    await pressAt("main form button.button-primary", /\/customers\/\d+$/);
    await page.getByText("Koforidua").waitFor();
    await pressAt("a[href$='/account']", "**/account");
    await throughAll("account");
    await fromTheTop();
    await tabTo("form[action$='/payments'] [name=payment_method]");
    await letters("Cash");
    await fills("form[action$='/payments'] [name=amount]", "500");
    await press("Enter");
    await page.getByText("is taken for 1 invoice").waitFor();
    await fills("[name=credit_limit]", "2500");
    await press("Enter");
    await page.getByText("The terms are saved.").waitFor();
    // By the list too.
    await page.goto(`${shop.base}/customers`);
    await fills("main [name=q]", "ansah");
    await page.waitForURL(/q=ansah/);
    await tabTo(".row-link");
    await press("Enter");
    await page.waitForURL(/\/customers\/\d+$/);
  });

  test("the till: counted piece by piece, and closed", async () => {
    await page.goto(`${shop.base}/till`);
    const expected = 30_050 + 2_030 + 100_040 - 24_030 + 50_000;
    for (const [worth, kind, many] of drawer(expected)) {
      const name = await page.locator(`[data-worth="${worth}"]`)[kind === "note" ? "first" : "last"]().getAttribute("name");
      await fills(`[name=${name}]`, String(many));
    }
    assert.equal(await page.textContent("[data-count-total]"), grouped(expected));
    await picture(page, "keys-till-counted-360");
    await pressAt("button[value=close]");
    await page.getByText("The till is closed.").waitFor();
    await throughAll("till-closed");
    const { data: [till] } = await efua.get("/till-sessions");
    assert.equal(till.difference, "0.00");
  });

  test("wherever the focus was, it was to be seen", () => {
    console.log(`# the focus was seen on ${stops.size} things`);
    assert.ok(stops.size > 150, `${stops.size} stops`);
    assert.deepEqual([...unseen], []);
  });

  test("the books are whole, and nothing went wrong behind the scenes", async () => {
    await shop.run("verify");
    assert.deepEqual(page.problems, []);
    assert.ok(!shop.log().includes(" ERROR "), shop.log());
  });
});
