"use strict";

// Synthesizes as many environments as the argument says, each with a network of its own.
const { join } = require("node:path");
const { App } = require("cdktf");
const { defineEnvironment } = require("../../dist/overlays/define-environment");
const { platform } = require("../../dist/platform");
const { addStacks } = require("../../dist/stacks");
const { synthesize, withoutCreationStacks } = require("@groundplan/modules/core");

withoutCreationStacks();
const environments = Array.from({ length: Number(process.argv[2]) }, (_, index) =>
  defineEnvironment({
    name: `e${index}`,
    account: "123456789012",
    network: { cidr: `10.${index % 250}.0.0/16` },
  }),
);
const app = new App();
addStacks(app, platform, environments);
synthesize(app, { lockFile: join(__dirname, "..", "..", ".terraform.lock.hcl") });
