// Debian's Chromium, as root in a container too, and quiet: it asks no outside host for anything.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const screenshots = join(import.meta.dirname, "screenshots");

export const launch = (...more) =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
  });

/**
 * A person's own browser window. `page.problems` collects what should never happen: errors of scripts, what the content
 * security policy stopped, requests to other hosts, answers of 500 and more.
 */
export const openPage = async (browser, base, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.problems = [];
  const told = (...words) => page.problems.push(words.join(" "));
  page.on("pageerror", (error) => told("script:", error.message));
  page.on("console", (message) => {
    // A refused page is an error to the browser's console, but not to us.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) told("console:", page.url(), message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !/^(data|blob|about):/.test(request.url())) told("another host:", request.url());
  });
  page.on("response", (answer) => {
    if (answer.status() >= 500) told("answer:", answer.status(), answer.url());
  });
  return page;
};

export const signIn = async (page, base, username, password) => {
  await page.goto(`${base}/sign-in`);
  await page.fill("[name=username]", username);
  await page.fill("[name=password]", password);
  await page.click("button:has-text('Sign in')");
  await page.waitForURL((url) => url.pathname !== "/sign-in");
};

/** Chooses one of a group of radio buttons that look like buttons. */
export const choose = (page, name, value) => page.locator(`label:has(input[name="${name}"][value="${value}"])`).click();

/** Types as a person does: fast typing is a scanner. */
export const typeByHand = (page, text) => page.keyboard.type(text, { delay: 90 });

/** Types as a scanner does, ending with Enter. */
export const scan = async (page, code) => {
  await page.keyboard.type(code);
  await page.keyboard.press("Enter");
};

export const picture = async (page, name) => {
  mkdirSync(screenshots, { recursive: true });
  // Hiding the caret would leave style attributes behind, which the content security policy then stops.
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true, caret: "initial" });
};
