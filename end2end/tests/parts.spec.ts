// The browser's program comes in parts: each page fetches its own, and a part that does not come is no dead end.

import { alive, expect, open, test } from "../fixtures/test";

const PARTS = /\/pkg\/umbel-[0-9a-f]+_(chunk|split)_.+\.wasm$/;

test("a page fetches its own parts, each once, and the next page only what is missing", async ({ page }) => {
  const fetched: string[] = [];
  page.on("request", (request) => {
    if (PARTS.test(request.url())) fetched.push(request.url());
  });
  await open(page, "/");
  const first = fetched.splice(0);
  expect(first.some((url) => url.includes("_split_overview"))).toBe(true);
  expect(first.some((url) => url.includes("_split_machinery"))).toBe(false);

  await page.getByRole("link", { name: "Workers", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Workers" })).toBeVisible();
  expect(fetched.some((url) => url.includes("_split_machinery"))).toBe(true);

  await page.getByRole("link", { name: "Overview", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  const all = [...first, ...fetched];
  expect(all).toEqual([...new Set(all)]);
});

test("a page whose part is gone is loaded whole, as after an upgrade of the server", async ({ page, watch }) => {
  await open(page, "/");
  watch.expect(/404|Failed to (fetch|load)|CompileError|TypeError/);
  await page.route(PARTS, (route) => route.fulfill({ status: 404, contentType: "text/plain", body: "gone" }));
  const loaded = page.waitForEvent("load");
  await page.getByRole("link", { name: "Workers", exact: true }).click();
  await loaded;
  // Without its code it is what the server made of it.
  await expect(page).toHaveURL(/\/workers$/);
  await expect(page.getByRole("heading", { level: 1, name: "Workers" })).toBeVisible();

  await page.unroute(PARTS);
  await page.reload();
  await alive(page);
});
