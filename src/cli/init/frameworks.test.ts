import { expect, test } from "bun:test";
import { detectFramework } from "./frameworks.ts";

const facts = (names: string[], dependencies: string[] = []) => ({
  names: new Set(names),
  dependencies: new Set(dependencies),
  packageName: "shop",
});

const projects: [name: string, directory: string, names: string[], dependencies: string[]][] = [
  ["Vite", "dist", ["vite.config.ts"], []],
  ["Astro", "dist", ["astro.config.mjs"], ["astro", "vite"]],
  ["Next.js", "out", ["next.config.js"], ["next", "react"]],
  ["Nuxt", ".output/public", [], ["nuxt"]],
  ["Hugo", "public", ["hugo.toml", "content"], []],
  ["Docusaurus", "build", [], ["@docusaurus/core", "react"]],
  ["SvelteKit", "build", ["vite.config.ts"], ["@sveltejs/kit", "vite", "svelte"]],
  ["Eleventy", "_site", [".eleventy.js"], ["@11ty/eleventy"]],
  ["VitePress", ".vitepress/dist", [".vitepress"], ["vitepress", "vite"]],
  ["VitePress", "docs/.vitepress/dist", ["docs", "docs/.vitepress"], ["vitepress"]],
  ["Gatsby", "public", [], ["gatsby", "react"]],
  ["Angular", "dist/shop/browser", ["angular.json"], ["@angular/core"]],
  ["Create React App", "build", [], ["react-scripts", "react"]],
  ["Jekyll", "_site", ["_config.yml"], []],
  ["MkDocs", "site", ["mkdocs.yml"], []],
  ["plain files", ".", ["index.html", "public", "public/index.html"], []],
  ["plain files", "public", ["public", "public/index.html", "readme.md"], []],
  ["plain files", ".", [], []],
];

test.each(projects)("%s is known, and its build is in %s", (name, directory, names, dependencies) => {
  expect(detectFramework(facts(names, dependencies))).toMatchObject({ name, directory });
});

test("what must be set for a static build is told", () => {
  expect(detectFramework(facts([], ["next"])).needs).toContain('output: "export"');
});
