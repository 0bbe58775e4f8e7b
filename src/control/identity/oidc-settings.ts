/** What the operator has told about the provider. */
export interface OidcSettings {
  /** As people call it, on the button. */
  readonly name: string;
  /** The issuer's URL, as the provider writes it itself. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Domains of e-mail addresses whose owners get an account at their first sign-in; `*`: all that the provider knows. */
  readonly signUpDomains: readonly string[];
}
