/** What the options of every command say: `GLOBAL_OPTIONS` of the command table's grammar. */
export interface GlobalFlags {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly endpoint?: string;
  readonly workspace?: string;
  readonly debug?: boolean;
}
