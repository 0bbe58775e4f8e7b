import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import tailwind from "@tailwindcss/vite";
import { defineConfig } from "vite";

/** Builds to `dist/console`, from where the executable embeds it. `vite dev` sends API calls to a server on this machine. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [svelte({ configFile: false }), tailwind()],
  worker: { format: "es" },
  server: { proxy: { "/api": "http://localhost:8080" } },
  build: {
    outDir: fileURLToPath(new URL("../../dist/console", import.meta.url)),
    emptyOutDir: true,
    // The browsers that know light-dark(), so that it is not compiled away.
    target: ["chrome123", "firefox120", "safari17.5"],
    // The content security policy allows no data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The schemas of the messages stay on the server: their types are all that the console needs of them.
    rolldownOptions: { treeshake: { moduleSideEffects: (id) => !/\/src\/(wire|model)\//.test(id) } },
  },
});
