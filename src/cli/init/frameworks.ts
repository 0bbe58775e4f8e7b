/** What a project's folder shows of itself. */
export interface ProjectFacts {
  /** Names in the folder, and `docs/…`, `public/…`, `dist/…`, `build/…` one level down. */
  readonly names: ReadonlySet<string>;
  /** What package.json depends on, development included. */
  readonly dependencies: ReadonlySet<string>;
  /** The name that package.json gives. */
  readonly packageName: string | undefined;
}

export interface Framework {
  readonly name: string;
  /** The folder its build writes, relative to the project. */
  readonly directory: string;
  /** The command that builds it, where it has one. */
  readonly build?: string;
  /** What must be set for the build to be a static site. */
  readonly needs?: string;
}

interface Rule extends Omit<Framework, "directory"> {
  readonly directory: string | ((facts: ProjectFacts) => string);
  /** Any of these dependencies or names is enough. */
  readonly dependencies?: readonly string[];
  readonly names?: readonly (string | RegExp)[];
}

/** Whatever builds on another comes before it: SvelteKit, Astro and VitePress all use Vite. */
const RULES: readonly Rule[] = [
  {
    name: "Next.js",
    dependencies: ["next"],
    directory: "out",
    build: "npm run build",
    needs: 'Set `output: "export"` in next.config, so that the build is a static site.',
  },
  { name: "Nuxt", dependencies: ["nuxt", "nuxt3"], directory: ".output/public", build: "npx nuxt generate" },
  { name: "Astro", dependencies: ["astro"], directory: "dist", build: "npm run build" },
  {
    name: "SvelteKit",
    dependencies: ["@sveltejs/kit"],
    directory: "build",
    build: "npm run build",
    needs: "Use @sveltejs/adapter-static, so that the build is a static site.",
  },
  { name: "Docusaurus", dependencies: ["@docusaurus/core"], directory: "build", build: "npm run build" },
  {
    name: "VitePress",
    dependencies: ["vitepress"],
    directory: ({ names }) => (names.has("docs/.vitepress") ? "docs/.vitepress/dist" : ".vitepress/dist"),
    build: "npx vitepress build",
  },
  { name: "Gatsby", dependencies: ["gatsby"], directory: "public", build: "npm run build" },
  {
    name: "Angular",
    dependencies: ["@angular/core"],
    names: ["angular.json"],
    directory: ({ packageName }) => `dist/${packageName ?? "app"}/browser`,
    build: "npm run build",
  },
  { name: "Eleventy", dependencies: ["@11ty/eleventy"], directory: "_site", build: "npx @11ty/eleventy" },
  { name: "Create React App", dependencies: ["react-scripts"], directory: "build", build: "npm run build" },
  { name: "Vite", dependencies: ["vite"], names: [/^vite\.config\./], directory: "dist", build: "npm run build" },
  { name: "Hugo", names: [/^hugo\.(?:toml|yaml|json)$/, "archetypes"], directory: "public", build: "hugo" },
  { name: "Jekyll", names: [/^_config\.ya?ml$/], directory: "_site", build: "bundle exec jekyll build" },
  { name: "MkDocs", names: [/^mkdocs\.ya?ml$/], directory: "site", build: "mkdocs build" },
];

/** Where plain sites keep their first page, likeliest first. */
const PLAIN_FOLDERS = ["dist", "build", "public"];

/** Decides which framework a project uses, and so which folder its build writes. */
export function detectFramework(facts: ProjectFacts): Framework {
  const rule = RULES.find(
    ({ dependencies = [], names = [] }) =>
      dependencies.some((name) => facts.dependencies.has(name)) || names.some((name) => hasName(facts, name)),
  );
  if (!rule) {
    const folder = facts.names.has("index.html")
      ? "."
      : PLAIN_FOLDERS.find((name) => facts.names.has(`${name}/index.html`));
    return { name: "plain files", directory: folder ?? "." };
  }
  const { name, directory, build, needs } = rule;
  return {
    name,
    directory: typeof directory === "string" ? directory : directory(facts),
    ...(build === undefined ? {} : { build }),
    ...(needs === undefined ? {} : { needs }),
  };
}

const hasName = ({ names }: ProjectFacts, name: string | RegExp) =>
  typeof name === "string" ? names.has(name) : [...names].some((present) => name.test(present));
