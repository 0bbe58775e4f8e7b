import { expect, test } from "bun:test";
import { describeProviderError } from "./provider-error.ts";

test("what went wrong at the provider is told, and nothing that somebody wrote into the address", () => {
  expect(describeProviderError(null)).toBeUndefined();
  expect(describeProviderError("sign_up_closed")).toStartWith("You have no account here yet.");
  for (const code of ["<b>", "constructor", ""]) {
    expect(describeProviderError(code)).toBe("The provider could not sign you in. Try again.");
  }
});
