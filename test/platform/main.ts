import { join } from "node:path";
import { environments, platform } from "./index";

/** A program that synthesizes the tests' own platform with the stacks of the build, as the repository's `main.ts` does. */
export const MAIN = `require(${JSON.stringify(join(__dirname, "..", "..", "dist", "stacks"))}).synthesizePlatform(
${JSON.stringify(platform)},
${JSON.stringify(environments)});
`;
