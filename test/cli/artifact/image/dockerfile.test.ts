import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  argumentsOf,
  checkDockerfile,
  dockerfileFaults,
  readDockerfile,
} from "../../../../cli/artifact/image/dockerfile";

const DIGEST = `@sha256:${"a".repeat(64)}`;
const faultsOf = (text: string, given = {}) =>
  dockerfileFaults(readDockerfile(text), given).map(({ line, what }) => `${line}: ${what}`);

test("the service's own Dockerfile has no fault, and its base can be another by its digest alone", () => {
  const text = readFileSync(join(__dirname, "../../../../services/app/Dockerfile"), "utf8");
  const instructions = readDockerfile(text);
  expect(dockerfileFaults(instructions)).toEqual([]);
  expect(argumentsOf(instructions)).toEqual(["BASE_IMAGE", "APP_VERSION"]);
  expect(dockerfileFaults(instructions, { BASE_IMAGE: `localhost/node${DIGEST}` })).toEqual([]);
  expect(dockerfileFaults(instructions, { BASE_IMAGE: "node:22" })).toMatchObject([
    { what: expect.stringMatching(/^base image node:22 is not named by its digest/) },
  ]);
});

test("stages, continued lines, comments and defaults are read", () => {
  const text = [
    "# syntax=docker/dockerfile:1",
    `ARG BASE=node${DIGEST}`,
    "FROM --platform=linux/amd64 ${BASE} AS build",
    "RUN echo \\",
    "# between",
    "  b",
    "FROM build as Last",
    "user 1000",
  ].join("\n");
  expect(readDockerfile(text).map(({ line, keyword, value }) => [line, keyword, value])).toEqual([
    [2, "ARG", `BASE=node${DIGEST}`],
    [3, "FROM", "--platform=linux/amd64 ${BASE} AS build"],
    [4, "RUN", "echo b"],
    [7, "FROM", "build as Last"],
    [8, "USER", "1000"],
  ]);
  expect(faultsOf(text)).toEqual([]);
});

test.each<[string, string, RegExp]>([
  ["a base by its tag", "FROM node:22\nUSER 1000", /^1: base image node:22 is not named by its digest/],
  ["a base without a tag", "FROM node\nUSER 1000", /^1: base image node is not/],
  ["a base by an argument without a default", "ARG B\nFROM ${B}\nUSER 1000", /^2: base image \$\{B\} is not/],
  ["no user", `FROM node${DIGEST}`, /^1: the process would run as root/],
  ["root", `FROM node${DIGEST}\nUSER 0:0`, /^2: the process would run as root/],
  [
    "a user of an earlier stage alone",
    `FROM node${DIGEST} AS a\nUSER 1000\nFROM scratch`,
    /^3: the process would run as root/,
  ],
  ["a file from the network", `FROM scratch\nADD https://example.com/a /a\nUSER 1`, /^2: ADD fetches/],
  ["a secret in a variable", "FROM scratch\nENV API_TOKEN=x\nUSER 1", /^2: ENV API_TOKEN would be readable/],
  ["nothing", "# empty", /^1: there is no FROM/],
])("%s is a fault", (_, text, expected) => {
  expect(faultsOf(text)).toEqual([expect.stringMatching(expected)]);
});

test("all faults are told at once, with what to write", () => {
  expect(() => checkDockerfile("Dockerfile", readDockerfile("FROM node:22"), {})).toThrow(
    /^Dockerfile makes no image that can be pinned\n {2}line 1: base image.*@sha256:.*\n {2}line 1: the process would run as root; end the last stage/,
  );
});
