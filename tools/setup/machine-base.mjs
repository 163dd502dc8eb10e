// Makes the root file system that instances of the local AWS boot from, with the built package; says what it has made.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const local = createRequire(import.meta.url)(
  fileURLToPath(new URL("../../local/dist/index.js", import.meta.url)),
);

try {
  const { machineBase, installMachineBase, machineObstacle } = local;
  if (machineObstacle() === undefined && !existsSync(machineBase())) {
    const begun = Date.now();
    await installMachineBase({});
    console.log(`root file system of instances (${((Date.now() - begun) / 1000).toFixed(0)} s)`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
