import { expect, test } from "bun:test";
import { nameOfFolder } from "./choose-site.ts";

test.each([
  ["/work/shop", "shop"],
  ["/work/shop/dist", "shop"],
  ["/work/shop/Public", "shop"],
  ["/dist", "dist"],
])("the site in %p is probably called %p", (folder, name) => {
  expect(nameOfFolder(folder)).toBe(name);
});
