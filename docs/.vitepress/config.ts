import { defineConfig } from "vitepress";

/** The documentation. It builds without a network, and what it builds asks no other host for anything. */
export default defineConfig({
  title: "SitePod",
  description: "Release websites on machines you own: immutable releases, instant rollback, one executable.",
  lang: "en",
  cleanUrls: true,
  ignoreDeadLinks: "localhostLinks",
  head: [["link", { rel: "icon", href: "/favicon.svg", type: "image/svg+xml" }]],
  themeConfig: {
    logo: "/favicon.svg",
    outline: [2, 3],
    search: { provider: "local" },
    nav: [
      { text: "Quick start", link: "/quick-start" },
      { text: "Reference", link: "/reference/cli", activeMatch: "/(reference/|http-boundary)" },
      { text: "Inside", link: "/architecture", activeMatch: "/(architecture|performance|reliability|decisions)" },
    ],
    sidebar: [
      {
        text: "Guide",
        items: [
          { text: "What it is", link: "/what-it-is" },
          { text: "Quick start", link: "/quick-start" },
          { text: "Concepts", link: "/concepts" },
        ],
      },
      {
        text: "Your sites",
        items: [
          { text: "Deploying", link: "/deploying" },
          { text: "The console", link: "/console" },
          { text: "Serving", link: "/serving" },
          { text: "Traffic", link: "/traffic" },
          { text: "Redirects and headers", link: "/redirects-and-headers" },
          { text: "Domains", link: "/domains" },
          { text: "Protected sites", link: "/protected-sites" },
          { text: "Signing in", link: "/sign-in" },
          { text: "Teams", link: "/teams" },
          { text: "Webhooks", link: "/webhooks" },
        ],
      },
      {
        text: "Your server",
        items: [
          { text: "Self-hosting", link: "/self-hosting" },
          { text: "Several machines", link: "/several-machines" },
          { text: "HTTPS", link: "/https" },
        ],
      },
      {
        text: "Reference",
        items: [
          { text: "Commands", link: "/reference/cli" },
          { text: "Configuration", link: "/reference/config" },
          { text: "The server", link: "/reference/server" },
          { text: "HTTP API", link: "/reference/http-api" },
          { text: "HTTP boundary", link: "/http-boundary" },
          { text: "Exit codes", link: "/reference/exit-codes" },
        ],
      },
      {
        text: "Inside",
        items: [
          { text: "Architecture", link: "/architecture" },
          { text: "Performance", link: "/performance" },
          { text: "Reliability", link: "/reliability" },
          { text: "Decisions", link: "/decisions/" },
        ],
      },
    ],
  },
});
