import { expect, test } from "bun:test";
import { performancePage } from "./performance-page.ts";

const speed = (requests: number, perCpuS = requests) => ({ requests_per_s: requests, requests_per_cpu_s: perCpuS });

test("figures are shown beside the peers of the same run", () => {
  const page = performancePage({
    serve: {
      machine: { processor: "Abacus", cores: 2 },
      results: { "4 KiB page": { sitepod: speed(60_000), nginx: speed(70_000, 80_000), caddy: speed(20_000) } },
      goals: [
        { name: "Fast", value: 1.2, unit: "×", atLeast: 1.1, met: true },
        { name: "Small", value: 90, unit: "MB", atMost: 80, met: false },
      ],
    },
    deploy: {
      trees: {
        "10,000 files": {
          files: 10_000,
          first_deploy_ms: 1500,
          rsync_first_ms: 900,
          one_file_changed_ms: 90,
          rsync_one_file_changed_ms: 70,
          nothing_changed_ms: 80,
          rsync_nothing_changed_ms: 60,
          server_peak_mib: 200,
          command_line_peak_mib: 100,
        },
      },
      memory: [{ files: 250_000, server_peak_mib: 300, command_line_peak_mib: 250 }],
      rollback: { p50_ms: 2.5, p99_ms: 9 },
    },
  });
  expect(page).toContain("| 4 KiB page | 60,000 | 70,000 (0.75×) | 20,000 (3.00×) |");
  expect(page).toContain("| Fast | 1.2 × | at least 1.1 | met |");
  expect(page).toContain("| Small | 90 MB | at most 80 | missed |");
  expect(page).toContain("| 10,000 files | 10,000 | 1,500 | 900 | 90 | 70 | 80 | 60 | 200 | 100 |");
  expect(page).toContain("A rollback takes 2.5 ms");
  expect(page).toContain("| 250,000 | 300 | 250 |");
  expect(page).toContain("Abacus, 2 cores");
});

test("without figures the page says how to make them", () => {
  expect(performancePage(undefined)).toContain("No figures are kept in this version: make them as above.");
});
