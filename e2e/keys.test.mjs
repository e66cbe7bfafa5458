// What was promised to customers, walked through on a phone's width by keys alone: the life of a preorder, of a repair ticket and
// of a claim. Tab has to get everywhere, and wherever the focus is it has to be seen.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, openPage, picture, signIn, typeByHand } from "./browser.mjs";
import { adminApi, hire, openShop, readyDevice } from "./shop.mjs";

const [PASSWORD, ADMIN_PASSWORD] = ["makola-market-22", "harmattan-wind-88"];
let shop, browser, api, page, model;

/** What has the focus, and what of it cannot be seen: out of the screen, without a size, covered, or not marked. */
const focused = () =>
  page.evaluate(() => {
    const it = document.activeElement;
    if (!it || it === document.body) return null;
    // A radio button that looks like a button is drawn by its label.
    const drawn = it.matches("input[type=radio], input[type=checkbox]") ? (it.closest("label") ?? it) : it;
    const box = drawn.getBoundingClientRect();
    // and a row by its link.
    const marks = [it, drawn, it.parentElement, drawn.querySelector("span"), it.closest("tr")].filter(Boolean).map((e) => getComputedStyle(e));
    const marked = marks.some((style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none");
    const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 20)];
    const top = document.elementFromPoint(Math.min(Math.max(x, 0), innerWidth - 1), y);
    const problems = [];
    if (box.width < 1 || box.height < 1) problems.push("it has no size");
    else if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) problems.push("it is out of the screen");
    else if (top && !drawn.contains(top) && !top.contains(drawn)) problems.push(`${top.tagName}.${top.className} covers it`);
    if (!marked) problems.push("nothing shows that it has the focus");
    const label = it.labels?.[0]?.textContent ?? it.getAttribute("aria-label") ?? it.textContent ?? "";
    return { what: `${it.tagName.toLowerCase()}[${it.name ?? it.getAttribute("href") ?? ""}] ${label.replace(/\s+/g, " ").trim().slice(0, 50)}`, problems };
  });

/** Tab until this has the focus. Each stop on the way is looked at. */
const tabTo = async (selector, most = 90) => {
  const target = page.locator(selector).first();
  await target.waitFor({ state: "attached" });
  const has = () => target.evaluate((element) => element === document.activeElement);
  const way = [];
  for (let n = 0; n < most; n += 1) {
    if (n > 0 || (await has())) {
      const at = await focused();
      if (at) {
        way.push(at.what);
        assert.deepEqual(at.problems, [], `${page.url()}: ${at.what}`);
      }
      if (await has()) return;
    }
    await page.keyboard.press("Tab");
  }
  assert.fail(`${page.url()}: ${selector} is not reached by Tab: ${way.join(" | ")}`);
};
const write = async (name, text) => {
  await tabTo(`main [name="${name}"]:is(input, textarea)`);
  await page.keyboard.press("Control+A");
  await typeByHand(page, text);
};
/** Chooses in a list by its first letters, as one does by keys. */
const pick = async (name, word) => {
  await tabTo(`main select[name="${name}"]`);
  await typeByHand(page, word); // faster, it would be a scanner
  const chosen = await page.locator(`main select[name="${name}"]`).first().evaluate((select) => select.selectedOptions[0].textContent);
  assert.ok(chosen.startsWith(word), `${name}: ${chosen}`);
};
/** Presses a button or a link, and waits for what comes. */
const press = async (selector) => {
  await tabTo(selector);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  // After each step the focus is somewhere that makes sense: at the top, on what says how it went, or on the next field.
  const at = await focused();
  if (at) assert.deepEqual(at.problems.filter((p) => p !== "nothing shows that it has the focus"), [], `${page.url()} after it: ${at.what}`);
};
const button = (words) => press(`main button:has-text("${words}"):visible`);
const link = (words) => press(`main a:has-text("${words}"):visible`);
const unfold = async (words) => {
  await tabTo(`main summary:has-text("${words}")`);
  await page.keyboard.press("Enter");
};
const go = (path) => page.goto(shop.base + path);
const said = async (...words) => {
  const text = await page.textContent("body");
  for (const word of words) assert.ok(text.includes(word), `${page.url()} says ${word}: ${text.replace(/\s+/g, " ").slice(0, 900)}`);
};
const last = async (list) => (await api.get(`${list}?limit=1`)).data[0];

before(async () => {
  [shop, browser] = await Promise.all([openShop(), launch()]);
  api = await adminApi(shop, ADMIN_PASSWORD);
  await hire(api, PASSWORD, ["kwame", "Manager", "Kwame Asante"]);
  model = (await api.post("/product-models", { category: "Laptop", brand: "Dell", model_name: "Latitude 5400", default_price_grade_a: "3700.00" })).id;
  for (const serial of ["KEY1", "KEY2", "KEY3"]) await readyDevice(api, serial, model);
  await api.post("/bulk-stock", { sku: "BAT", item_name: "Battery", category: "Part", unit_price: "300.00", unit_cost: "180.00", quantity: 5 });
  page = await openPage(browser, shop.base, { viewport: { width: 360, height: 740 } });
  await signIn(page, shop.base, "kwame", PASSWORD);
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

describe("by keys alone, 360 pixels wide", () => {
  const taken = async (specs) => {
    await go("/preorders");
    await link("New preorder");
    await write("full_name", "Esi Quaye");
    await write("phone", "0244123456");
    await write("requested_specs", specs);
    await write("agreed_price", "3600");
    await button("Take the preorder");
    await said("Take its deposit next");
  };
  const ordered = async (specs, reference) => {
    await taken(specs);
    await pick("payment_method", "MoMo");
    await write("reference", reference);
    await button("Take the deposit");
    await button("Order");
  };
  const arrived = async (specs, reference, serial) => {
    await ordered(specs, reference);
    await button("Mark in transit");
    await write("code", serial);
    await button("Record arrival");
    await said("The device is kept for this preorder");
  };

  test("a preorder from the wish to the door", async () => {
    await arrived("Latitude 5400", "MP1", "KEY1");
    await pick("channel", "Phone");
    await button("The customer knows");
    await write("payments_0_amount", "1000");
    await button("Hand over");
    // What is missing is said where the focus is, and nothing that was typed is lost.
    await said("still to pay");
    await write("payments_0_amount", "3100");
    await picture(page, "keys-hand-over");
    await button("Hand over");
    await said("Handed over");
    await button("Close");
    assert.equal((await last("/preorders")).status, "Closed");
  });

  test("a preorder that never comes, one that nobody buys, one whose deposit was only claimed", async () => {
    await ordered("Something rare", "MP2");
    await unfold("It never comes");
    await write("reason", "The supplier closed down");
    await button("Call off");
    await said("Called off, and the deposit is given back");
    await picture(page, "keys-called-off");

    await arrived("Latitude 5400, again", "MP3", "KEY2");
    await unfold("The customer does not want it");
    await write("reason", "Too heavy");
    await button("Record rejection");
    await unfold("Nobody buys it");
    await write("resale_recovery_amount", "3500");
    await write("reason", "The screen died");
    await button("Decide what it is worth");
    await said("Settlement", "goes back to the customer");
    await button("Settle and close");
    assert.equal((await last("/preorders")).status, "Closed");

    await taken("A third");
    await pick("payment_method", "MoMo");
    await write("reference", "MP4");
    await tabTo("main [name=claimed]");
    await page.keyboard.press("Space");
    await button("Take the deposit");
    await go("/payments/claimed");
    await button("Confirm");
    await said("The deposit is confirmed");
    const { id } = await last("/preorders");
    await go(`/preorders/${id}`);
    await unfold("Give it up");
    await write("reason", "Moved away");
    await button("Give up and close");
    assert.equal((await last("/preorders")).status, "Closed");
  });

  test("a repair from the counter to the door", async () => {
    await go("/repairs");
    await link("Take in");
    await write("device_brand", "HP");
    await write("device_model", "EliteBook");
    await write("full_name", "Kojo Mensah");
    await write("phone", "0244000111");
    await write("issue_type", "Battery");
    await write("issue_description", "Dies at once");
    await button("Take it in");
    const { id } = await last("/repair-tickets");
    const is = async (status) => assert.equal((await api.get(`/repair-tickets/${id}`)).status, status);
    await write("amount", "500");
    await button("Write the estimate");
    await button("Yes, repair it");
    await write("labor_cost", "200");
    await button("Save the work");
    await write("sku", "BAT");
    await button("Build it in");
    await write("notes", "New battery");
    await button("Write it down");
    const step = { Open: "Start diagnosing", Diagnosing: "Start repair", "In Repair": "Ready to fetch" };
    for (let { status } = await api.get(`/repair-tickets/${id}`); step[status]; { status } = await api.get(`/repair-tickets/${id}`)) {
      await button(step[status]);
    }
    await is("Ready");
    await picture(page, "keys-repair-ready");
    await button("Bill the repair");
    await said("take the payment", "500.00");
    const invoice = (await api.get(`/repair-tickets/${id}`)).invoice_id;
    await write("amount", "500");
    await button("Take payment");
    assert.equal((await api.get(`/invoices/${invoice}`)).status, "Paid");
    await go(`/repairs/${id}`);
    await pick("outcome", "Repaired");
    await button("Close");
    await is("Closed");
  });

  test("a claim from the look-up to its end, and one that is denied", async () => {
    await go("/warranties");
    await tabTo("main [name=q]");
    await typeByHand(page, "KEY1");
    await page.keyboard.press("Enter");
    await page.locator("text=Covered until").first().waitFor();
    const claim = async () => {
      const warranty = (await api.get("/warranties")).data.find((w) => w.serial_number === "KEY1");
      if (!page.url().includes("/warranties?")) await go("/warranties");
      await press(`main a.row-link:has-text("${warranty.warranty_number}")`);
      await link("Submit a claim");
      await write("issue_description", "The battery fails");
      await button("Submit the claim");
      return last("/warranty-claims");
    };
    const first = await claim();
    await button("Approve and open the repair");
    await tabTo("main [name=outcome]");
    // Blank presses what has the focus, and is no code of a scanner.
    await page.keyboard.press("Space");
    assert.equal(await page.locator("main [name=outcome]:checked").inputValue(), "Repaired");
    await picture(page, "keys-claim");
    await button("Complete the claim");
    assert.equal((await api.get(`/warranty-claims/${first.id}`)).status, "Completed");
    const second = await claim();
    await write("denial_reason", "Water damage");
    await button("Deny");
    assert.equal((await api.get(`/warranty-claims/${second.id}`)).status, "Denied");
    assert.deepEqual(page.problems, []);
    assert.match(await shop.run("verify"), /invariants hold/);
  });
});
