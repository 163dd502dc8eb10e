#!/usr/bin/env node
// `idp create` is short for `groundplan preview create`.
process.argv.splice(2, 0, "preview");
require("./groundplan.js");
