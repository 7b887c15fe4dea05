// Light, dark, or what the system says.

import { expect, open, test } from "../fixtures/test";

const LIGHT = "rgb(255, 255, 255)";
const DARK = "rgb(14, 16, 20)";

test("the page follows the system until told otherwise", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await open(page, "/");
  await expect(page.locator("body")).toHaveCSS("background-color", DARK);
  await page.emulateMedia({ colorScheme: "light" });
  await expect(page.locator("body")).toHaveCSS("background-color", LIGHT);
});

test("the chosen theme is remembered, and is there before the first paint", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await open(page, "/");
  await page.getByRole("button", { name: "Theme: System" }).click();
  await page.getByRole("button", { name: "Theme: Light" }).click();
  await expect(page.getByRole("button", { name: "Theme: Dark" })).toBeVisible();
  await expect(page.locator("body")).toHaveCSS("background-color", DARK);

  // Before anything of the app runs: at the moment the body begins to exist.
  await page.addInitScript(() => {
    const note = () => {
      if (document.body === null) return;
      Object.assign(window, { themeAtBody: document.documentElement.dataset.theme });
      watching.disconnect();
    };
    const watching = new MutationObserver(note);
    watching.observe(document, { childList: true, subtree: true });
  });
  await open(page, "/tasks");
  expect(await page.evaluate(() => Reflect.get(window, "themeAtBody"))).toBe("dark");
  await expect(page.locator("body")).toHaveCSS("background-color", DARK);

  await page.getByRole("button", { name: "Theme: Dark" }).click();
  await expect(page.getByRole("button", { name: "Theme: System" })).toBeVisible();
  await expect(page.locator("body")).toHaveCSS("background-color", LIGHT);
});
