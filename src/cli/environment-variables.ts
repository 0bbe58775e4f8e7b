/** The variables that the CLI reads. */
export const ENVIRONMENT_VARIABLES = [
  {
    key: "SITEPOD_ENDPOINT",
    type: "address",
    doc: "The server to talk to. Goes before sitepod.toml and the machine's file.",
    example: "https://sitepod.example.com",
  },
  {
    key: "SITEPOD_TOKEN",
    type: "text",
    doc: "The token to use instead of the one `sitepod login` stored. For CI.",
    example: "sitepod_…",
  },
  {
    key: "SITEPOD_WORKSPACE",
    type: "text",
    doc: "The workspace to work in, by its id or name, instead of the one `sitepod workspace use` stored.",
    example: "ws_0123456789abcdef",
  },
  {
    key: "SITEPOD_PASSWORD",
    type: "text",
    doc: "The password of `sitepod login`, where nobody can be asked for it.",
    example: "correct horse battery staple",
  },
  {
    key: "SITEPOD_SITE_PASSWORD",
    type: "text",
    doc: "The password of a protected site, for `sitepod protect` and `--protect`, where nobody can be asked for it.",
    example: "correct horse battery staple",
  },
  {
    key: "SITEPOD_WEBHOOK_URL",
    type: "address",
    doc: "Where `sitepod webhook add` and `change` have a webhook go: the URL of a chat is a key to it.",
    example: "https://hooks.slack.com/services/…",
  },
  {
    key: "SITEPOD_WEBHOOK_SECRET",
    type: "text",
    doc: "The secret of a Feishu bot that checks signatures, for `sitepod webhook add --format feishu` and `rotate-secret`.",
    example: "…",
  },
  { key: "NO_COLOR", type: "any text", doc: "Write without colours.", example: "1" },
  { key: "CI", type: "any text", doc: "Ask no questions, as off a terminal.", example: "true" },
  {
    key: "XDG_CACHE_HOME",
    type: "folder",
    doc: "Where the cache of file hashes lies; ~/.cache without it.",
    example: "/home/me/.cache",
  },
] as const;
