#!/usr/bin/env node
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const main = join(__dirname, "..", "dist", "main.js");
if (!existsSync(main)) {
  console.error(
    "groundplan is not built yet\n  run `npm start` once in the repository's root, or `npm run build`",
  );
  process.exit(3);
}
void require(main).main();
