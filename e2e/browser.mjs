// Debian's Chromium, as root in a container too, and quiet: it asks no outside host for anything.
import { chromium } from "playwright-core";

export const launch = () =>
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
    ],
  });

export const signIn = async (page, base, username, password) => {
  await page.goto(`${base}/sign-in`);
  await page.fill("[name=username]", username);
  await page.fill("[name=password]", password);
  await page.click("button:has-text('Sign in')");
  await page.waitForLoadState();
};
