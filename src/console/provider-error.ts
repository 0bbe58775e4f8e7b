const SENTENCES: Readonly<Record<string, string>> = {
  account_not_linked:
    "There is an account with this address already. Sign in with its password, then connect it under Sign-in and security.",
  account_already_linked_to_different_user: "Somebody else's account is connected with this one.",
  sign_up_closed: "You have no account here yet. Ask the administrator of this server for one.",
  email_not_verified: "The provider has not verified your e-mail address. Have it verified there, then try again.",
  access_denied: "You were not signed in: it was refused at the provider.",
  state_mismatch: "This sign-in was begun in another browser, or long ago. Try again.",
};

/** Says what went wrong at the provider, by the code in the address; undefined where nothing did. */
export function describeProviderError(code: string | null): string | undefined {
  if (code === null) return undefined;
  return Object.hasOwn(SENTENCES, code) ? SENTENCES[code] : "The provider could not sign you in. Try again.";
}
