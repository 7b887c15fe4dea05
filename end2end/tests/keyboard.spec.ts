// Everything works without a pointer.

import { expect, open, test } from "../fixtures/test";

const url = (path: string) => new RegExp(`^http://[^/]+${path}$`);

test("g and a letter lead to the pages", async ({ page }) => {
  await open(page, "/");
  for (const [key, path, heading] of [
    ["t", "/tasks", "Tasks"],
    ["w", "/workers", "Workers"],
    ["q", "/queues", "Queues"],
    ["s", "/schedules", "Schedules"],
    ["o", "/", "Overview"],
  ] as const) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await expect(page).toHaveURL(url(path));
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
  }
});

test("rows are walked, opened and selected by keys", async ({ page, api }) => {
  const ids = await api.sendMany([1, 2, 3].map((number) => ({ name: "demo.echo", args: [number] })));
  await api.counts("state=SUCCESS", ids.length);
  await open(page, "/tasks?sort=oldest");
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("href") ?? "none");
  const order = await page.locator("[data-row-link]").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  expect(order).toHaveLength(3);
  await page.keyboard.press("j");
  expect(await focused()).toBe(order[0]);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  expect(await focused()).toBe(order[2]);
  await page.keyboard.press("k");
  expect(await focused()).toBe(order[1]);
  await page.keyboard.press("x");
  await expect(page.locator("tr[data-row]").nth(1).getByRole("checkbox")).toBeChecked();
  await page.keyboard.press("x");
  await expect(page.locator("tr[data-row]").nth(1).getByRole("checkbox")).not.toBeChecked();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(url(order[1] ?? ""));
});

test("brackets turn the pages of the list", async ({ page, api }) => {
  await api.sendMany(Array.from({ length: 60 }, () => ({ name: "demo.echo" })));
  await api.counts("state=SUCCESS", 60);
  await open(page, "/tasks");
  await page.keyboard.press("]");
  await expect(page.locator("tr[data-row]")).toHaveCount(10);
  await page.keyboard.press("[");
  await expect(page.locator("tr[data-row]")).toHaveCount(50);
});

test("a slash leads to the search, and typing there does nothing else", async ({ page }) => {
  await open(page, "/tasks");
  await page.keyboard.press("/");
  const field = page.getByLabel("Name", { exact: true });
  await expect(field).toBeFocused();
  await page.keyboard.type("gt?r");
  await expect(field).toHaveValue("gt?r");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.locator(".connection-live")).toBeAttached();
});

test("a question mark shows the keys; Escape closes, and the focus returns", async ({ page }) => {
  await open(page, "/");
  const link = page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Workers" });
  await link.focus();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard" });
  await expect(help).toBeVisible();
  await expect(help).toContainText("Go to the tasks");
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
  await expect(link).toBeFocused();
});

test("single letters can be switched off, which is remembered", async ({ page }) => {
  await open(page, "/");
  await page.keyboard.press("?");
  await page.getByLabel("Single-letter keys are on").uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("r");
  await open(page, "/");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard" })).toBeHidden();
  await expect(page.locator(".connection-live")).toBeAttached();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Search and go" })).toBeVisible();
});

test("the palette finds pages, names and ids", async ({ page, api }) => {
  const id = await api.send({ name: "demo.add", args: [2, 3] });
  await api.reaches(id, "SUCCESS");
  await open(page, "/");
  const palette = page.getByRole("dialog", { name: "Search and go" });

  await page.keyboard.press("Control+k");
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("queu");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(url("/queues"));
  await expect(palette).toBeHidden();

  await page.keyboard.press("Control+k");
  await page.keyboard.type(id);
  await palette.getByRole("option", { name: `Open the task ${id}` }).click();
  await expect(page.getByRole("heading", { name: "demo.add" })).toBeVisible();

  await page.keyboard.press("Control+k");
  await page.keyboard.type("demo.add");
  await expect(palette.getByRole("option")).toHaveText(["Tasks named “demo.add”", "Open the task demo.add"]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(url("/tasks\\?name=demo.add"));
  await expect(page.locator("[data-row-link]")).toHaveText(["demo.add"]);

  await page.keyboard.press("Control+k");
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();
});

test("the first Tab leads past the navigation", async ({ page }) => {
  await open(page, "/tasks");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the page" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});
