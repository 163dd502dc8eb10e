const { execFileSync } = require("node:child_process");

if (process.env.INPUT_TERRAFORM_WRAPPER !== "false") throw new Error("the wrapper is not played here");
console.log(execFileSync("terraform", ["version"], { encoding: "utf8" }).split("\n")[0]);
