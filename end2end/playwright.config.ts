import { existsSync } from "node:fs";

import { defineConfig } from "@playwright/test";

// The browser is the system's own: Debian's Chromium unless CHROMIUM names another. Playwright's download
// of a browser of its own is neither needed nor possible everywhere.
const candidates = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"];
const browser = candidates.find((path): path is string => path !== undefined && existsSync(path));
if (browser === undefined) {
  throw new Error("no Chromium found: install Debian's chromium, or name one in the variable CHROMIUM");
}

const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: "./tests",
  outputDir: "./test-results",
  // A test that passes at the second try has failed once.
  retries: 0,
  forbidOnly: process.env.CI !== undefined,
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    locale: "en-GB",
    timezoneId: "UTC",
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: browser,
      args: [
        // Chromium refuses to sandbox itself for root, which is who runs a container's tests.
        ...(isRoot ? ["--no-sandbox"] : []),
        // Nothing but the pages under test: no updates, no field trials, no calls home.
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-gpu",
        "--disable-quic",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
});
