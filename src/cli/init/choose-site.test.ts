import { expect, test } from "bun:test";
import { nameOfFolder } from "./choose-site.ts";

test.each([
  ["/home/ann/shop", "shop"],
  ["/home/ann/shop/dist", "shop"],
  ["/home/ann/shop/Public", "shop"],
  ["/dist", "dist"],
])("the site in %p is probably called %p", (folder, name) => {
  expect(nameOfFolder(folder)).toBe(name);
});
